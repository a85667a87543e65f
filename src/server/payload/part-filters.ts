// What JSON text from a file goes through on its way into an event stream, block by block. A block may end in the middle
// of a character or of an escape.

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;

/** Line breaks that are no control characters of ASCII: some clients split lines at these as well. */
const OTHER_BREAK = /[\u0080-\u009f\u2028\u2029]/;
const EACH_OTHER_BREAK = new RegExp(OTHER_BREAK, 'g');

/** JSON text as one line: a raw line break can only be white space, any other stands in a string and is escaped. */
export async function* lineFilter(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of blocks) {
    const whole = rest.length === 0 ? block : Buffer.concat([rest, block]);
    const end = characterEnd(whole);
    rest = whole.subarray(end);
    yield asLine(whole.subarray(0, end));
  }
  if (rest.length > 0) yield rest;
}

function asLine(bytes: Buffer): Buffer {
  for (const lineBreak of [NEWLINE, CARRIAGE_RETURN])
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1))
      bytes[at] = SPACE;
  return withoutBreaks(bytes);
}

/** Of what JSON.stringify has made of a text: there are none of the other line breaks in it. Whole characters. */
export function withoutBreaks(bytes: Buffer): Buffer {
  // The bytes that begin one of them; most texts have neither.
  if (bytes.indexOf(0xc2) === -1 && bytes.indexOf(0xe2) === -1) return bytes;
  return Buffer.from(escapeBreaks(bytes.toString()));
}

/** Of JSON text. */
export function escapeBreaks(text: string): string {
  if (!OTHER_BREAK.test(text)) return text;
  return text.replace(EACH_OTHER_BREAK, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The inside of a JSON string as text, each line of it behind the first with the name of its field in front. */
export async function* textLines(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let text = '';
  for await (const block of blocks) {
    const whole = rest.length === 0 ? block : Buffer.concat([rest, block]);
    const end = escapeEnd(whole.subarray(0, characterEnd(whole)));
    rest = whole.subarray(end);
    text += unescaped(whole.subarray(0, end));
    // CR LF is one line break, and a surrogate pair is one character, also across blocks.
    const held = /[\r\ud800-\udbff]$/.test(text) ? 1 : 0;
    yield Buffer.from(framed(text.slice(0, text.length - held)));
    text = text.slice(text.length - held);
  }
  yield Buffer.from(framed(text + unescaped(rest)));
}

function unescaped(bytes: Buffer): string {
  return JSON.parse(`"${bytes.toString()}"`);
}

/** For the `data` field of an event: each line of it is a field of its own. A lone CR ends a line as well. */
export function framed(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\ndata: ');
}

/** Where the last whole UTF-8 character ends. */
function characterEnd(bytes: Buffer): number {
  let lead = bytes.length - 1;
  while (lead >= 0 && bytes.length - lead < 4 && ((bytes[lead] ?? 0) & 0xc0) === 0x80) lead -= 1;
  const first = bytes[lead] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return lead + length > bytes.length ? Math.max(0, lead) : bytes.length;
}

const ESCAPE_LENGTH_MAX = 6;

/** Where the last whole escape ends: `\n` has two characters, `\u000a` six. */
function escapeEnd(bytes: Buffer): number {
  const near = bytes.length - ESCAPE_LENGTH_MAX + 1;
  const at = bytes.lastIndexOf(BACKSLASH);
  if (at < Math.max(0, near)) return bytes.length;
  // Backslashes escape each other from the first of a run on.
  let first = at;
  while (bytes[first - 1] === BACKSLASH) first -= 1;
  const isEscaped = (at - first) % 2 === 1;
  if (isEscaped) return bytes.length;
  const length = bytes[at + 1] === 0x75 ? ESCAPE_LENGTH_MAX : 2;
  return at + length > bytes.length ? at : bytes.length;
}

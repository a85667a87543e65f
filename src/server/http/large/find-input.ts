// Where the value of `input` lies in the bytes of a large body. A guess: it looks only at what stands before it and
// behind it, and whoever uses the range must find both to be JSON. Null where it can't tell.

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OPEN = new Set([OPEN_BRACE, 0x5b]);
const CLOSE = new Set([CLOSE_BRACE, 0x5d]);

/** The other fields are small; whatever takes more than this is taken for the input. */
const OTHERS_BYTES_MAX = 64 * 1024;

export function findInput(bytes: Buffer): ByteRange | null {
  const from = startOf(bytes);
  const to = from === null ? null : endOf(bytes, from);
  return from === null || to === null || to <= from ? null : { from, to };
}

/** Forward over the fields before it. */
function startOf(bytes: Buffer): number | null {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = skipSpace(bytes, hasMark ? 3 : 0);
  if (bytes[at] !== OPEN_BRACE) return null;
  for (;;) {
    const name = skipSpace(bytes, at + 1);
    const afterName = bytes[name] === QUOTE ? stringEnd(bytes, name) : null;
    if (afterName === null) return null;
    const colon = skipSpace(bytes, afterName);
    if (bytes[colon] !== COLON) return null;
    const value = skipSpace(bytes, colon + 1);
    if (nameAt(bytes, name, afterName) === 'input') return value;
    const afterValue = valueEnd(bytes, value);
    if (afterValue === null) return null;
    at = skipSpace(bytes, afterValue);
    if (bytes[at] !== COMMA) return null;
  }
}

/** Backward over the fields behind it. In JSON, the quotes inside a string are those with a backslash in front. */
function endOf(bytes: Buffer, inputStart: number): number | null {
  let at = skipSpaceBack(bytes, bytes.length);
  if (bytes[at - 1] !== CLOSE_BRACE) return null;
  const budgetEnd = at - OTHERS_BYTES_MAX;
  for (;;) {
    const end = skipSpaceBack(bytes, at - 1);
    const start = valueStart(bytes, end, Math.max(inputStart, budgetEnd));
    if (start === null || start <= inputStart) return end;
    const colon = skipSpaceBack(bytes, start) - 1;
    const nameEnd = skipSpaceBack(bytes, colon);
    const name = bytes[colon] === COLON && bytes[nameEnd - 1] === QUOTE ? stringStart(bytes, nameEnd) : null;
    if (name === null) return null;
    at = skipSpaceBack(bytes, name);
    if (bytes[at - 1] !== COMMA) return null;
  }
}

function nameAt(bytes: Buffer, from: number, to: number): string | null {
  try {
    const name: unknown = JSON.parse(bytes.toString('utf8', from, to));
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}

function skipSpace(bytes: Buffer, at: number): number {
  let next = at;
  while (SPACES.has(bytes[next] ?? 0)) next += 1;
  return next;
}

/** Both ends here and below are exclusive. */
function skipSpaceBack(bytes: Buffer, end: number): number {
  let next = end;
  while (SPACES.has(bytes[next - 1] ?? 0)) next -= 1;
  return next;
}

function isEscaped(bytes: Buffer, quote: number): boolean {
  let first = quote;
  while (bytes[first - 1] === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}

function stringEnd(bytes: Buffer, start: number): number | null {
  for (let at = bytes.indexOf(QUOTE, start + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    if (at - start > OTHERS_BYTES_MAX) return null;
    if (!isEscaped(bytes, at)) return at + 1;
  }
  return null;
}

function stringStart(bytes: Buffer, end: number): number | null {
  for (let at = end - 2; at >= 0 && end - at <= OTHERS_BYTES_MAX; at -= 1)
    if (bytes[at] === QUOTE && !isEscaped(bytes, at)) return at;
  return null;
}

/** Where a small value ends. */
function valueEnd(bytes: Buffer, start: number): number | null {
  let depth = 0;
  for (let at = start; at < Math.min(bytes.length, start + OTHERS_BYTES_MAX); ) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (end === null || depth === 0) return end;
      at = end;
      continue;
    }
    if (depth === 0 && (byte === COMMA || CLOSE.has(byte) || SPACES.has(byte))) return at;
    if (OPEN.has(byte)) depth += 1;
    at += 1;
    if (CLOSE.has(byte) && --depth === 0) return at;
  }
  return null;
}

/** Where the value that ends there begins; null where that is not behind `least`. */
function valueStart(bytes: Buffer, end: number, least: number): number | null {
  let depth = 0;
  for (let at = end; at > least; ) {
    const byte = bytes[at - 1] ?? 0;
    if (byte === QUOTE) {
      const start = stringStart(bytes, at);
      if (start === null || depth === 0) return start;
      at = start;
      continue;
    }
    if (depth === 0 && (byte === COLON || SPACES.has(byte))) return at;
    if (CLOSE.has(byte)) depth += 1;
    at -= 1;
    if (OPEN.has(byte) && --depth === 0) return at;
  }
  return null;
}

// The texts, numbers and words of JSON, read from bytes: where one ends, -1 where it is none. Nothing is made of them.
// Whoever reads up to an end finds out by himself whether it was passed.

/** What has been seen on the way. */
export interface TokenFacts {
  hasEscapes: boolean;
  /** Some number may be too large for a double. */
  mayOverflow: boolean;
}

/** Digits that surely fit, with an exponent that is not too long. */
const DIGITS_MAX = 150;
const EXPONENT_DIGITS_MAX = 2;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const SPACE = 0x20;

const ESCAPED = setOf('"\\/bfnrtu');
const HEX = setOf('0123456789abcdefABCDEF');
const WORDS = ['true', 'false', 'null'].map((word) => Uint8Array.from(Buffer.from(word)));

/** `at` is that of its first quote. */
export function stringEnd(bytes: Uint8Array, at: number, facts: TokenFacts): number {
  for (let next = at + 1; next < bytes.length; next++) {
    const byte = bytes[next] ?? 0;
    if (byte === QUOTE) return next + 1;
    if (byte < SPACE) return -1;
    if (byte !== BACKSLASH) continue;
    facts.hasEscapes = true;
    next += 1;
    const escaped = bytes[next] ?? 0;
    if (ESCAPED[escaped] === 0) return -1;
    if (escaped !== LOWER_U) continue;
    for (let digit = 1; digit <= 4; digit++) if (HEX[bytes[next + digit] ?? 0] === 0) return -1;
    next += 4;
  }
  return -1;
}

/** `at` is that of its sign or first digit. */
export function numberEnd(bytes: Uint8Array, at: number, facts: TokenFacts): number {
  const first = bytes[at] === MINUS ? at + 1 : at;
  let next = digitsEnd(bytes, first);
  if (next === first || (bytes[first] === ZERO && next > first + 1)) return -1;
  if (next - first > DIGITS_MAX) facts.mayOverflow = true;
  if (bytes[next] === POINT) {
    const from = next + 1;
    next = digitsEnd(bytes, from);
    if (next === from) return -1;
  }
  if (((bytes[next] ?? 0) | 0x20) !== LOWER_E) return next;
  const sign = bytes[next + 1];
  const from = sign === PLUS || sign === MINUS ? next + 2 : next + 1;
  next = digitsEnd(bytes, from);
  if (sign !== MINUS && next - from > EXPONENT_DIGITS_MAX) facts.mayOverflow = true;
  return next === from ? -1 : next;
}

/** true, false or null. */
export function wordEnd(bytes: Uint8Array, at: number): number {
  for (const word of WORDS) {
    if (word[0] !== bytes[at]) continue;
    for (let letter = 1; letter < word.length; letter++) if (word[letter] !== bytes[at + letter]) return -1;
    return at + word.length;
  }
  return -1;
}

export function spaceEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isSpace(bytes[next] ?? 0)) next += 1;
  return next;
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function digitsEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isDigit(bytes[next] ?? 0)) next += 1;
  return next;
}

function isSpace(byte: number): boolean {
  return byte <= SPACE && (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

/** 1 where the byte is one of these characters. */
function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) set[byte] = 1;
  return set;
}

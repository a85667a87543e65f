// One pass over the bytes of a JSON value that makes nothing of it: whether it is JSON, how deep it is, what its members
// are, and what it would cost to make something of it. Says yes only to what JSON.parse takes.
import type { ByteRange } from './find-input.ts';
import { isDigit, numberEnd, spaceEnd, stringEnd, type TokenFacts, wordEnd } from './json-tokens.ts';
import { Shapes } from './shapes.ts';

/** What a value is, as bits. An integer is one without a point and an exponent. */
export const KIND = { object: 1, array: 2, string: 4, integer: 8, number: 16, word: 32 } as const;

/** Of a member, and of what is in it, so many levels are told. */
export const KIND_LEVELS = 4;

export interface Member {
  /** In bytes, quotes included. */
  readonly name: ByteRange;
  readonly value: ByteRange;
  /** Of the value, of all that stands in it, of all that stands in that, and so on: bits of KIND. */
  readonly kinds: readonly number[];
}

interface ScanFacts extends TokenFacts {
  depth: number;
  /** Arrays and objects. */
  containers: number;
}

export interface JsonScan extends Readonly<ScanFacts> {
  /** False: everything else is told up to the first mistake. */
  readonly isJson: boolean;
  readonly shapes: number;
  /** Of an object; null where they are more than MEMBERS_MAX, or this is no JSON. */
  readonly members: readonly Member[] | null;
}

const MEMBERS_MAX = 1_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;
/** From { to }, and from [ to ]. */
const TO_CLOSING = 2;

/** `bytes` must be UTF-8. Around the value there may be space, and a byte order mark in front. */
export function scanJson(bytes: Uint8Array, { from, to }: ByteRange): JsonScan {
  const range = bytes.subarray(0, to);
  const scanner = new Scanner(range);
  const hasMark = range[from] === 0xef && range[from + 1] === 0xbb && range[from + 2] === 0xbf;
  const end = scanner.scan(spaceEnd(range, hasMark ? from + 3 : from));
  return scanner.result(end !== -1 && spaceEnd(range, end) === to);
}

class Scanner {
  readonly #bytes: Uint8Array;
  readonly #facts: ScanFacts = { hasEscapes: false, mayOverflow: false, depth: 0, containers: 0 };
  readonly #shapes = new Shapes();
  readonly #members: Member[] = [];
  #member = { name: { from: 0, to: 0 }, from: 0 };
  readonly #kinds = new Int32Array(KIND_LEVELS);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  result(isJson: boolean): JsonScan {
    const members = isJson && this.#members.length <= MEMBERS_MAX ? this.#members : null;
    return { ...this.#facts, isJson, shapes: this.#shapes.count, members };
  }

  /** Where the value ends; -1 where it is no JSON. One loop over local variables: that is several times as fast. */
  scan(from: number): number {
    const bytes = this.#bytes;
    const facts = this.#facts;
    const shapes = this.#shapes;
    /** Of each container that is open: the shape of an object so far, 0 for an array. */
    let open: Int32Array = new Int32Array(64);
    let depth = 0;
    for (let at = from; at !== -1; ) {
      const byte = bytes[at] ?? 0;
      const isObject = byte === OPEN_BRACE;
      if (isObject || byte === OPEN_BRACKET) {
        this.#note(depth, isObject ? KIND.object : KIND.array);
        if (depth === open.length) open = grown(open);
        open[depth] = isObject ? shapes.first : 0;
        depth += 1;
        facts.containers += 1;
        if (depth > facts.depth) facts.depth = depth;
        at = spaceEnd(bytes, at + 1);
        if (bytes[at] !== byte + TO_CLOSING) {
          if (isObject) at = this.#nameEnd(at, open, depth);
          continue;
        }
        depth -= 1;
        at += 1;
      } else {
        const end = scalarEnd(bytes, at, byte, facts);
        if (depth <= KIND_LEVELS) this.#note(depth, kindOfScalar(bytes, at, end));
        at = end;
      }
      // Behind a value, and behind all that end with it.
      for (; at !== -1; at += 1) {
        if (depth === 0) return at;
        const isInObject = open[depth - 1] !== 0;
        if (depth === 1 && isInObject) this.#memberEnds(at);
        at = spaceEnd(bytes, at);
        if (bytes[at] === COMMA) {
          at = spaceEnd(bytes, at + 1);
          if (isInObject) at = this.#nameEnd(at, open, depth);
          break;
        }
        if (bytes[at] !== (isInObject ? CLOSE_BRACE : CLOSE_BRACKET)) return -1;
        depth -= 1;
      }
    }
    return -1;
  }

  /** From a name to the value behind it; -1 where there is none. */
  #nameEnd(from: number, open: Int32Array, depth: number): number {
    const bytes = this.#bytes;
    const to = bytes[from] === QUOTE ? stringEnd(bytes, from, this.#facts) : -1;
    const colon = to === -1 ? -1 : spaceEnd(bytes, to);
    if (bytes[colon] !== COLON) return -1;
    open[depth - 1] = this.#shapes.with(open[depth - 1] ?? 0, bytes, from, to);
    const value = spaceEnd(bytes, colon + 1);
    if (depth === 1) {
      this.#member = { name: { from, to }, from: value };
      this.#kinds.fill(0);
    }
    return value;
  }

  #memberEnds(to: number): void {
    const { name, from } = this.#member;
    if (this.#members.length <= MEMBERS_MAX)
      this.#members.push({ name, value: { from, to }, kinds: [...this.#kinds] });
  }

  /** Of a value with so many containers around it. */
  #note(depth: number, kind: number): void {
    if (depth > 0 && depth <= KIND_LEVELS) this.#kinds[depth - 1] = (this.#kinds[depth - 1] ?? 0) | kind;
  }
}

function scalarEnd(bytes: Uint8Array, at: number, byte: number, facts: TokenFacts): number {
  if (byte === QUOTE) return stringEnd(bytes, at, facts);
  return byte === MINUS || isDigit(byte) ? numberEnd(bytes, at, facts) : wordEnd(bytes, at);
}

function kindOfScalar(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from] ?? 0;
  if (first === QUOTE) return KIND.string;
  if (first !== MINUS && !isDigit(first)) return KIND.word;
  for (let at = from + 1; at < to; at++) if (!isDigit(bytes[at] ?? 0)) return KIND.number;
  return KIND.integer;
}

function grown(list: Int32Array): Int32Array {
  const more = new Int32Array(list.length * 2);
  more.set(list);
  return more;
}

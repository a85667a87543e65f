// JSON text with stored values in it: written once with a mark in place of each, then cut at the marks. Where there is
// none, which is nearly always, the text is the answer.
import { randomBytes } from 'node:crypto';
import { assert } from '../../base/assert.ts';
import { ComposedBody, type Part } from './composed-body.ts';
import { framed, withoutBreaks } from './part-filters.ts';
import { isInFile, type Shown, StoredValue } from './stored-value.ts';

// Nobody outside this process knows it, so no value can hold it.
const MARK = randomBytes(16).toString('hex');
/** As JSON.stringify writes it, and as plainText() does. */
const ANY_MARK = new RegExp(`"${MARK}"|<${MARK}>`);

/** How text becomes bytes, and what the bytes of files have to become; for a JSON document neither changes anything. */
export interface Wire {
  readonly bytes: (text: string) => Buffer;
  /** json: as they are. line: without line breaks of any kind. */
  readonly files: 'json' | 'line';
}

const DOCUMENT: Wire = { bytes: (text) => Buffer.from(text), files: 'json' };

/** The text that `write` makes, or a body where stored values are in it. */
export function compose(write: () => string, wire: Wire = DOCUMENT): string | ComposedBody {
  const found: StoredValue[] = [];
  const note = (value: StoredValue) => {
    found.push(value);
    return MARK;
  };
  const text = StoredValue.writtenBy(note, write);
  return found.length === 0 ? text : new ComposedBody(partsOf(text, found, wire), found);
}

export function composeJson(value: Shown): string | ComposedBody {
  return compose(() => JSON.stringify(value));
}

/** Inside compose(): the value as text, not as JSON text, with `data: ` in front of each line but the first. */
export function plainText(value: StoredValue): string {
  return `<${value.toJSON()}>`;
}

function partsOf(text: string, found: readonly StoredValue[], wire: Wire): Part[] {
  const parts: Part[] = [];
  let rest = text;
  const add = (own: string) => {
    if (own !== '') parts.push(wire.bytes(own));
  };
  for (const value of found) {
    const match = ANY_MARK.exec(rest);
    assert(match !== null, 'each stored value has left its mark');
    add(rest.slice(0, match.index));
    parts.push(...(match[0].startsWith('"') ? asJson(value, wire) : asPlainText(value)));
    rest = rest.slice(match.index + match[0].length);
  }
  add(rest);
  return parts;
}

function asJson({ kind, pieces }: StoredValue, wire: Wire): Part[] {
  const parts = pieces.map((piece): Part => {
    if (typeof piece === 'string') return wire.bytes(piece);
    if (!isInFile(piece)) return wire.files === 'line' ? withoutBreaks(piece) : piece;
    return { ...piece, as: piece.as === 'json' ? wire.files : piece.as };
  });
  const quote = Buffer.from('"');
  return kind === 'text' ? [quote, ...parts, quote] : parts;
}

function asPlainText({ kind, pieces }: StoredValue): Part[] {
  return pieces.map((piece): Part => {
    if (kind === 'json') return typeof piece === 'string' ? Buffer.from(piece) : piece;
    if (!isInFile(piece)) return Buffer.from(framed(JSON.parse(`"${piece.toString()}"`)));
    return { ...piece, as: piece.as === 'base64' ? 'base64' : 'text lines' };
  });
}

// The text after `-i name=` to the value its field takes. The narrowest kind that fits wins; plain text is last.
import { isObject, type Json } from '../base/json.ts';
import { alternatives } from './flag-values.ts';
import type { FieldKind } from './input-fields.ts';

export type TextReading = { readonly ok: true; readonly value: Json } | { readonly ok: false };

/** A file's content as a data URL. Throws PAWL_USAGE when it cannot be read. */
export type ReadFile = (path: string) => string;

const NO: TextReading = { ok: false };
const ORDER: readonly FieldKind['type'][] = [
  'choice',
  'boolean',
  'null',
  'integer',
  'number',
  'file',
  'list',
  'object',
  'any',
  'text',
];
// JSON's own grammar: no 0x10, no leading plus, no Infinity.
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

export function readText(text: string, kinds: readonly FieldKind[], readFile: ReadFile): TextReading {
  const candidates = [...kinds].sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type));
  // Where any text fits, the word null is text.
  const takesText = candidates.some((kind) => kind.type === 'text');
  for (const kind of candidates) {
    if (kind.type === 'null' && takesText) continue;
    const reading = readAs(kind, text, readFile);
    if (reading.ok) return reading;
  }
  return NO;
}

/** Several `-i` for one name: each is an item of the list. */
export function readItems(
  texts: readonly string[],
  kinds: readonly FieldKind[],
  readFile: ReadFile,
): TextReading {
  const list = kinds.find((kind) => kind.type === 'list');
  if (list === undefined) return NO;
  const items = texts.map((text) => readText(text, list.items, readFile));
  const values = items.flatMap((item) => (item.ok ? [item.value] : []));
  return values.length === texts.length ? { ok: true, value: values } : NO;
}

/** What the kinds accept, completing "takes …". */
export function describeKinds(kinds: readonly FieldKind[]): string {
  const words = new Set(kinds.map(describeKind));
  return [...words].join(' or ');
}

function readAs(kind: FieldKind, text: string, readFile: ReadFile): TextReading {
  switch (kind.type) {
    case 'choice':
      return readChoice(kind.values, text);
    case 'boolean':
      return text === 'true' || text === 'false' ? yes(text === 'true') : NO;
    case 'null':
      return text === 'null' ? yes(null) : NO;
    case 'integer':
      return NUMBER.test(text) && Number.isSafeInteger(Number(text)) ? yes(Number(text)) : NO;
    case 'number':
      return NUMBER.test(text) && Number.isFinite(Number(text)) ? yes(Number(text)) : NO;
    case 'file':
      if (text.startsWith('@')) return yes(readFile(text.slice(1)));
      return /^(https?|data):/i.test(text) ? yes(text) : NO;
    case 'list':
      return readList(kind, text, readFile);
    case 'object':
      return readJson(text, (value) => isObject(value));
    case 'any': {
      const reading = readJson(text, () => true);
      return reading.ok ? reading : yes(text);
    }
    case 'text':
      return yes(text);
  }
}

function readChoice(values: readonly Json[], text: string): TextReading {
  const value = values.find(
    (choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)) === text,
  );
  return value === undefined ? NO : yes(value);
}

function readList(kind: FieldKind & { type: 'list' }, text: string, readFile: ReadFile): TextReading {
  const whole = readJson(text, (value) => Array.isArray(value));
  return whole.ok ? whole : readItems([text], [kind], readFile);
}

function readJson(text: string, fits: (value: unknown) => boolean): TextReading {
  try {
    const value: Json = JSON.parse(text);
    return fits(value) ? yes(value) : NO;
  } catch {
    // Not JSON: another kind may fit.
    return NO;
  }
}

function yes(value: Json): TextReading {
  return { ok: true, value };
}

function describeKind(kind: FieldKind): string {
  switch (kind.type) {
    case 'choice':
      return kind.values.length > 1 ? `one of ${describeChoices(kind.values)}` : describeChoices(kind.values);
    case 'list':
      return `a list, each item ${describeKinds(kind.items)}`;
    case 'file':
      return 'a file, as @PATH or as an http(s) or data URL';
    case 'integer':
      return `a whole number between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'object':
      return 'a JSON object';
    case 'any':
    case 'text':
      return 'text';
  }
}

function describeChoices(values: readonly Json[]): string {
  return alternatives(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))));
}

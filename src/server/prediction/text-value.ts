// A text, from a command line or a form, to the value its field takes. The narrowest kind that fits wins; plain text is
// last.
import { isObject, type Json } from '../../base/json.ts';
import { mayOverflow, overflowIn } from '../../base/json-measure.ts';
import type { FieldKind } from './field-kinds.ts';

export type TextReading = { readonly ok: true; readonly value: Json } | { readonly ok: false };

/** What `@PATH` stands for: a URL of the file. Null where nobody may name files of this machine. */
export type ReadFile = ((path: string) => string) | null;

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

/** Several texts for one name: each is an item of the list. */
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
      if (readFile !== null && text.startsWith('@')) return yes(readFile(text.slice(1)));
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
    return fits(value) && !(mayOverflow(text) && overflowIn(value) !== null) ? yes(value) : NO;
  } catch {
    // Not JSON: another kind may fit.
    return NO;
  }
}

function yes(value: Json): TextReading {
  return { ok: true, value };
}

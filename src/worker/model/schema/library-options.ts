// What each schema library is asked for besides plain JSON Schema, so that a type JSON has no word for becomes an open
// schema instead of an error, and nothing is promised that the library itself does not check.
import { isObject } from '../../../base/json.ts';

type LibraryOptions = Record<string, unknown>;

export function libraryOptions(vendor: string): LibraryOptions {
  switch (vendor) {
    case 'zod':
      return { unrepresentable: 'any', override: overrideZod };
    case 'valibot':
      return { errorMode: 'ignore', overrideAction: overrideValibot };
    case 'arktype':
      // What a morph's or predicate's input is known to be is better than nothing.
      return { fallback: (context: { base: unknown }) => context.base };
    default:
      return {};
  }
}

function overrideZod(context: unknown): void {
  const definition = read(context, 'zodSchema', '_zod', 'def');
  const json = read(context, 'jsonSchema');
  if (!isObject(definition) || !isObject(json)) return;
  if (definition.type === 'date') Object.assign(json, { type: 'string', format: 'date-time' });
  // zod writes an infinite default as null.
  if (json.default === null && (definition.defaultValue ?? null) !== null) delete json.default;
  if (definition.type !== 'string') return;
  // Added refinements, and the format of a schema that is one itself.
  const checks = [definition, ...(Array.isArray(definition.checks) ? definition.checks.map(checkOf) : [])];
  // Checks after a trim() or a toLowerCase() do not hold for the text as it is sent.
  if (checks.some((check) => read(check, 'check') === 'overwrite')) {
    for (const keyword of ['pattern', 'maxLength', 'allOf']) delete json[keyword];
  }
  if (checks.some((check) => hasFlags(read(check, 'pattern')))) {
    for (const keyword of ['pattern', 'allOf']) delete json[keyword];
  }
}

function checkOf(check: unknown): unknown {
  return read(check, '_zod', 'def');
}

function overrideValibot(context: unknown): unknown {
  const json = read(context, 'jsonSchema');
  if (!isObject(json) || !hasFlags(read(context, 'valibotAction', 'requirement'))) return undefined;
  delete json.pattern;
  return json;
}

/** Flags that change what matches; JSON Schema has no place for them. */
function hasFlags(pattern: unknown): boolean {
  return pattern instanceof RegExp && /[ims]/.test(pattern.flags);
}

function read(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if ((typeof at !== 'object' && typeof at !== 'function') || at === null) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** arktype leaves defaults out of its JSON Schema; its own description of an object has them. */
export function arktypeDefaults(schema: unknown): ReadonlyMap<string, unknown> {
  const optional = read(schema, 'json', 'optional');
  const entries = (Array.isArray(optional) ? optional : [])
    .filter((part) => isObject(part) && typeof part.key === 'string' && Object.hasOwn(part, 'default'))
    .map((part): [string, unknown] => [part.key, part.default]);
  return new Map(entries);
}

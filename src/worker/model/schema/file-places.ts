// Where an input may hold files, by its normalised schema. A schema that refers to itself is followed once around.
import type { Json, JsonObject } from '../../../base/json.ts';
import type { FilePath } from '../loaded-predictor.ts';
import { isFileSchema, isJsonObject, isList, listOf, propertiesOf } from './keywords.ts';
import { resolveReference } from './references.ts';

/** Schemas that refer to each other can be followed in very many ways; nobody declares files in so many places. */
const VISITS_MAX = 10_000;

type Visit = (schema: Json | undefined, path: FilePath, refs: ReadonlySet<string>) => void;

export function filePlaces(root: JsonObject): readonly FilePath[] {
  const found = new Map<string, FilePath>();
  let visits = 0;
  const visit: Visit = (schema, path, refs) => {
    visits += 1;
    if (!isJsonObject(schema) || visits > VISITS_MAX) return;
    if (isFileSchema(schema)) found.set(JSON.stringify(path), path);
    if (typeof schema.$ref === 'string' && !refs.has(schema.$ref)) {
      visit(resolveReference(root, schema.$ref), path, new Set([...refs, schema.$ref]));
    }
    for (const [name, property] of Object.entries(propertiesOf(schema)))
      visit(property, [...path, name], refs);
    for (const item of eachItem(schema)) visit(item, [...path, null], refs);
    for (const part of alternatives(schema)) visit(part, path, refs);
  };
  visit(root, [], new Set());
  return [...found.values()];
}

/** What describes the items of a list or the values of a dict. */
function eachItem(schema: JsonObject): readonly (Json | undefined)[] {
  const patterns = isJsonObject(schema.patternProperties) ? Object.values(schema.patternProperties) : [];
  const items = isList(schema.items) ? schema.items : [schema.items];
  return [...items, ...listOf(schema.prefixItems), schema.additionalProperties, ...patterns];
}

function alternatives(schema: JsonObject): readonly (Json | undefined)[] {
  const { anyOf, oneOf, allOf, then, else: otherwise } = schema;
  return [...listOf(anyOf), ...listOf(oneOf), ...listOf(allOf), then, otherwise];
}

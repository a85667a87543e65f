// Where an input may hold files, by its normalised schema. A schema that refers to itself is followed once around.
import type { Json, JsonObject } from '../../../base/json.ts';
import type { FilePath } from '../loaded-predictor.ts';
import { isFileSchema, isJsonObject, isList, listOf, propertiesOf } from './keywords.ts';
import { resolveReference } from './references.ts';

/** Schemas that refer to each other can be followed in very many ways; nobody declares files in so many places. */
const VISITS_MAX = 10_000;

interface Visit {
  readonly schema: Json | undefined;
  readonly path: FilePath;
  /** References that were followed to get here. */
  readonly refs: ReadonlySet<string>;
}

export function filePlaces(root: JsonObject): readonly FilePath[] {
  const found = new Map<string, FilePath>();
  // Level by level: where not everything can be looked at, what is near the top is.
  const queue: Visit[] = [{ schema: root, path: [], refs: new Set() }];
  for (let visits = 0; visits < Math.min(queue.length, VISITS_MAX); visits++) {
    const { schema, path, refs } = queue[visits] ?? { path: [], refs: new Set() };
    if (!isJsonObject(schema)) continue;
    if (isFileSchema(schema)) found.set(JSON.stringify(path), path);
    if (queue.length < VISITS_MAX) queue.push(...next(root, schema, { path, refs }));
  }
  return [...found.values()];
}

function next(root: JsonObject, schema: JsonObject, { path, refs }: Omit<Visit, 'schema'>): Visit[] {
  const visits: Visit[] = [];
  if (typeof schema.$ref === 'string' && !refs.has(schema.$ref)) {
    const target = resolveReference(root, schema.$ref);
    visits.push({ schema: target, path, refs: new Set([...refs, schema.$ref]) });
  }
  for (const part of alternatives(schema)) visits.push({ schema: part, path, refs });
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    visits.push({ schema: property, path: [...path, name], refs });
  }
  for (const item of eachItem(schema)) visits.push({ schema: item, path: [...path, null], refs });
  return visits;
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

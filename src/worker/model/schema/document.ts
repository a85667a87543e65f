// The OpenAPI document of a loaded predictor, in the dialect that Cog's clients read: 3.0.2, inputs ordered by
// `x-order`, choices as components. The same predictor always gives the same text.
import type { Json, JsonObject } from '../../../base/json.ts';
import type { Mode } from '../../../protocol/control-messages.ts';
import type { InputSchema, LoadedPredictor, Task } from '../loaded-predictor.ts';
import { Components, SourceConverter } from './components.ts';
import { enumeration, envelope, KINDS, reference, type TaskKind } from './envelope.ts';
import { isJsonObject, isList, propertiesOf, without } from './keywords.ts';
import { inOrder, titled } from './openapi-dialect.ts';
import { paths } from './paths.ts';
import { dereference } from './references.ts';

/** `mode` is the server's: with `train` it serves nothing else. */
export function describePredictor(loaded: LoadedPredictor, mode: Mode = 'predict'): JsonObject {
  const kinds = kindsOf(loaded, mode);
  const components = new Components();
  for (const kind of kinds) {
    const task = kind === 'train' && loaded.train !== null ? loaded.train : loaded.predict;
    const { input, output } = KINDS[kind];
    // Claimed first, so that they lead the list; what they refer to follows.
    components.set(input, {});
    components.set(output, {});
    components.set(input, inputComponent(task.input, input, components));
    components.set(output, outputComponent(task, output, components));
  }
  return {
    openapi: '3.0.2',
    info: { title: 'Cog', version: '0.1.0' },
    paths: paths(kinds, loaded.streaming ? 'streaming' : 'no streaming'),
    components: { schemas: { ...components.toJson(), ...envelope(kinds) } },
  };
}

function kindsOf({ train }: LoadedPredictor, mode: Mode): readonly TaskKind[] {
  if (train === null) return ['predict'];
  return mode === 'train' ? ['train'] : ['predict', 'train'];
}

function inputComponent(input: InputSchema | null, name: string, components: Components): JsonObject {
  // Without a schema any object is accepted, and nothing of it may be dropped as unknown.
  if (input === null) return { title: name, type: 'object', additionalProperties: true };
  const source = new SourceConverter(input.json, name, components);
  const root = dereference(input.json, input.json);
  const converted = source.convert(isJsonObject(root) ? root : true);
  const properties = Object.entries(propertiesOf(converted)).map(([key, property], index): [string, Json] => {
    const schema = isJsonObject(property) ? property : {};
    return [key, inputProperty({ key, schema, index }, name, components)];
  });
  const isOpen = converted.additionalProperties !== false;
  const rest = without(converted, ['title', ...(isOpen ? [] : ['additionalProperties'])]);
  const named = properties.length > 0 || isJsonObject(converted.properties);
  return inOrder({ title: name, ...rest, ...(named ? { properties: Object.fromEntries(properties) } : {}) });
}

interface Property {
  readonly key: string;
  readonly schema: JsonObject;
  readonly index: number;
}

function inputProperty({ key, schema, index }: Property, owner: string, components: Components): JsonObject {
  const order = { 'x-order': index };
  const values = schema.enum;
  if (isList(values) && values.every((value) => typeof value === 'string' || typeof value === 'number')) {
    const name = components.claim(key, owner);
    components.set(name, enumeration(key, values));
    const beside = without(schema, ['title', 'type', 'enum']);
    return inOrder({ ...beside, allOf: [reference(name)], ...order });
  }
  if (schema.$ref !== undefined) return { allOf: [schema], ...order };
  return inOrder({ ...titled(schema, key), ...order });
}

function outputComponent(task: Task, name: string, components: Components): JsonObject {
  if (task.output === null) return { title: name };
  const { json } = task.output;
  const converted = new SourceConverter(json, name, components).convert(dereference(json, json) ?? true);
  const schema = task.isGenerator ? asIterator(converted) : converted;
  return inOrder({ title: name, ...without(schema, ['title']) });
}

/** What a generator yields becomes a list; clients show the parts of a text in one piece where the schema asks. */
function asIterator(schema: JsonObject): JsonObject {
  const list: JsonObject = schema.type === 'array' ? schema : { type: 'array', items: schema };
  const isText = isJsonObject(list.items) && list.items.type === 'string' && list.items.format === undefined;
  const kept = isText ? list : without(list, ['x-cog-array-display']);
  return { ...kept, 'x-cog-array-type': 'iterator' };
}

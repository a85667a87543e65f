import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { predictionInput, splitNamed } from '../../../src/cli/prediction-input.ts';
import { inputFields } from '../../../src/server/prediction/field-kinds.ts';

const PROPERTIES: JsonObject = {
  prompt: { type: 'string' },
  scale: { type: 'integer', minimum: 2 },
  strength: { type: 'number' },
  upscale: { type: 'boolean' },
  image: { type: 'string', format: 'uri' },
  seed: { type: 'integer', nullable: true },
  note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  size: { allOf: [{ $ref: '#/components/schemas/size' }], default: 'small' },
  count: { enum: [1, 2, 4] },
  tags: { type: 'array', items: { type: 'string' } },
  numbers: { type: 'array', items: { type: 'integer' } },
  images: { type: 'array', items: { type: 'string', format: 'uri' } },
  options: { type: 'object' },
  picture: { anyOf: [{ type: 'string', format: 'uri' }, { type: 'integer' }] },
  anything: {},
  tree: { $ref: '#/components/schemas/tree' },
};

const SCHEMAS: JsonObject = {
  size: { type: 'string', enum: ['small', 'large'] },
  tree: { anyOf: [{ type: 'array', items: { $ref: '#/components/schemas/tree' } }, { type: 'integer' }] },
};

function document(input: JsonObject | null): JsonObject {
  return { components: { schemas: input === null ? {} : { ...SCHEMAS, Input: input } } };
}

const CLOSED = document({ type: 'object', properties: PROPERTIES });

function read(
  texts: readonly string[],
  {
    json = {},
    doc = CLOSED,
    warn = () => {},
  }: { json?: JsonObject; doc?: JsonObject; warn?: (text: string) => void } = {},
) {
  const readFile = (path: string) => `data:read,${path}`;
  const named = texts.map(splitNamed);
  const isFile = (path: string) => path === 'cat.png';
  return predictionInput(inputFields(doc, 'predict'), { named, json, readFile, isFile, warn });
}

describe('-i values', () => {
  it.each<[string, string, Json]>([
    ['prompt', 'hello', 'hello'],
    ['prompt', '', ''],
    ['prompt', '5', '5'],
    ['prompt', 'a=b', 'a=b'],
    ['prompt', '@cat.png', '@cat.png'],
    ['prompt', '"quoted"', '"quoted"'],
    ['scale', '-3', -3],
    ['scale', '2.0', 2],
    ['strength', '0.5', 0.5],
    ['strength', '1e-3', 0.001],
    ['upscale', 'true', true],
    ['upscale', 'false', false],
    ['image', '@cat.png', 'data:read,cat.png'],
    ['image', 'https://x.test/cat.png', 'https://x.test/cat.png'],
    ['image', 'data:image/png;base64,AA==', 'data:image/png;base64,AA=='],
    ['seed', 'null', null],
    ['seed', '7', 7],
    ['note', 'null', 'null'],
    ['size', 'large', 'large'],
    ['count', '4', 4],
    ['tags', '["a","b"]', ['a', 'b']],
    ['tags', 'a', ['a']],
    ['tags', '[a', ['[a']],
    ['numbers', '[1,2]', [1, 2]],
    ['images', '@a.png', ['data:read,a.png']],
    ['options', '{"a":[1]}', { a: [1] }],
    ['picture', '@a.png', 'data:read,a.png'],
    ['picture', '3', 3],
    ['anything', '{"a":1}', { a: 1 }],
    ['anything', 'text', 'text'],
    ['tree', '[[1],2]', [[1], 2]],
  ])('reads -i %s=%s by its schema', (name, text, value) => {
    expect(read([`${name}=${text}`])).toEqual({ [name]: value });
  });

  it('makes a list of a repeated name, each item by its schema', () => {
    expect(read(['numbers=1', 'tags=x', 'numbers=2'])).toEqual({ numbers: [1, 2], tags: ['x'] });
    expect(read(['images=@a.png', 'images=http://x/b.png'])).toEqual({
      images: ['data:read,a.png', 'http://x/b.png'],
    });
  });

  it.each([
    ['scale=abc', '-i scale takes a whole number, not "abc".'],
    ['scale=1.5', 'not "1.5".'],
    ['scale=', 'not "".'],
    ['scale=9007199254740993', 'not "9007199254740993".'],
    ['strength=0x10', '-i strength takes a number, not "0x10".'],
    ['upscale=yes', '-i upscale takes true or false, not "yes".'],
    ['image=cat.png', '-i image takes a file, as @PATH or as an http(s) or data URL, not "cat.png".'],
    ['size=huge', '-i size takes one of "small" or "large", not "huge".'],
    ['count=3', '-i count takes one of "1", "2" or "4", not "3".'],
    ['options=[1]', '-i options takes a JSON object, not "[1]".'],
    ['options={a:1}', '-i options takes a JSON object, not "{a:1}".'],
    ['numbers=x', '-i numbers takes a list, each item a whole number'],
    ['prompt', '-i takes NAME=VALUE, not "prompt".'],
    ['=x', '-i takes NAME=VALUE, not "=x".'],
    ['promt=x', '-i names the input "promt", which does not exist; this predictor has "prompt", "scale"'],
    ['__proto__=x', '-i names the input "__proto__", which does not exist'],
  ])('refuses -i %s', (text, message) => {
    expect(() => read([text])).toThrow(message);
  });

  it('refuses a second value where one is taken', () => {
    expect(() => read(['prompt=a', 'prompt=b'])).toThrow(
      '-i prompt is given 2 times, but takes one value: text.',
    );
  });

  it('adds -i to the object of --json, and lets -i win', () => {
    expect(read(['scale=3'], { json: { scale: 2, prompt: 'x' } })).toEqual({ scale: 3, prompt: 'x' });
    expect(() => read([], { json: { promt: 1 } })).toThrow('--json names the input "promt"');
  });

  it('names every required input that is missing', () => {
    const doc = document({ type: 'object', properties: PROPERTIES, required: ['prompt', 'image'] });
    expect(() => read([], { doc })).toThrow(
      'The inputs "prompt", "image" are required; add -i prompt=VALUE -i image=@FILE.',
    );
    expect(() => read(['prompt=x'], { doc })).toThrow('The input "image" is required; add -i image=@FILE.');
  });

  it.each([
    ['no schema', document(null)],
    ['a schema for any object', document({ type: 'object', additionalProperties: true })],
  ])('takes JSON, else text, for a predictor with %s', (_, doc) => {
    const input = read(['a=1', 'b=[1]', 'c=hello', 'd=@cat.png', 'e="1"', 'f=null'], { doc });
    expect(input).toEqual({ a: 1, b: [1], c: 'hello', d: '@cat.png', e: '1', f: null });
  });

  it('says so when the predictor takes no input', () => {
    const doc = document({ type: 'object', properties: {} });
    expect(() => read(['a=1'], { doc })).toThrow('does not exist; this predictor takes none.');
  });
});

it('warns of a file that nobody takes for one, where there is such a file', () => {
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  const texts = ['anything=@cat.png', 'tree=[]', 'prompt=@cat.png', 'image=@cat.png'];
  expect(read(texts, { warn })).toMatchObject({ anything: '@cat.png', prompt: '@cat.png' });
  read(['other=@someone'], { doc: document(null), warn });
  expect(warnings).toEqual([
    '-i anything=@cat.png is passed on as text, not as that file: the predictor has no schema that calls "anything" a file.',
  ]);
});

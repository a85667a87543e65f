import { expect, it } from 'vitest';
import {
  describeField,
  findFileFields,
  putFiles,
} from '../../../../../src/worker/model/input/file-fields.ts';
import type { FilePath } from '../../../../../src/worker/model/loaded-predictor.ts';

const found = (input: Record<string, unknown>, ...places: FilePath[]) =>
  findFileFields(input, places).map(({ path, text }) => [describeField(path), text]);

it('finds files in properties, lists and dictionaries, at any depth', () => {
  const input = {
    image: 'i',
    list: ['a', 'b'],
    map: { x: 'c', 'y.z': 'd' },
    deep: { layers: [{ mask: 'e' }, { other: 'f' }, { mask: 'g' }] },
    text: 'not a file',
  };
  const places: FilePath[] = [['image'], ['list', null], ['map', null], ['deep', 'layers', null, 'mask']];
  expect(found(input, ...places)).toEqual([
    ['image', 'i'],
    ['list[0]', 'a'],
    ['list[1]', 'b'],
    ['map.x', 'c'],
    ['map.y.z', 'd'],
    ['deep.layers[0].mask', 'e'],
    ['deep.layers[2].mask', 'g'],
  ]);
});

it('passes over what is absent, null or of another type', () => {
  const places: FilePath[] = [['a'], ['b'], ['c', null], ['d', 'e'], ['f', null, 'g'], ['toString']];
  expect(found({ b: null, c: 'text', d: ['e'], f: [1, null, { g: 2 }] }, ...places)).toEqual([]);
});

it('finds a place once that two patterns name', () => {
  expect(found({ a: ['x'] }, ['a', null], ['a', null])).toEqual([['a[0]', 'x']]);
});

it('puts files where they were found and leaves the input as it came', () => {
  const input = JSON.parse('{"a":["x",{"b":"y"}],"c":{"d":1},"__proto__":"z"}');
  const text = JSON.stringify(input);
  const result = putFiles(input, [
    { path: ['a', 0], file: 1 },
    { path: ['a', 1, 'b'], file: 2 },
    { path: ['__proto__'], file: 3 },
  ]);
  expect(JSON.stringify(result)).toBe('{"a":[1,{"b":2}],"c":{"d":1},"__proto__":3}');
  expect(JSON.stringify(input)).toBe(text);
  expect(result.c).toBe(input.c);
});

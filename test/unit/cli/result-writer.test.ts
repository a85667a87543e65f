import { expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import { type OutputKind, ResultWriter } from '../../../src/cli/result-writer.ts';

const PNG = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const TEXT = `data:text/plain;charset=utf-8;base64,${Buffer.from('hi').toString('base64')}`;

function write(outputs: readonly (readonly [OutputKind, Json])[], outputFile: string | null = null) {
  let stdout = '';
  const files: Record<string, string> = {};
  const writer = new ResultWriter(outputFile, {
    print: (text) => {
      stdout += text;
    },
    write: (path, content) => {
      files[path] = (files[path] ?? '') + content.toString();
    },
  });
  for (const [kind, value] of outputs) writer.receive(kind, value);
  writer.end();
  return { stdout, files };
}

it.each<[string, Json, string]>([
  ['text raw', 'hello\nworld', 'hello\nworld\n'],
  ['an object over several lines', { a: [1] }, '{\n  "a": [\n    1\n  ]\n}\n'],
  ['a number', 1.5, '1.5\n'],
  ['null', null, 'null\n'],
  ['an empty list', [], '[]\n'],
  ['a URL as text', 'data:text/plain,hi', 'data:text/plain,hi\n'],
])('prints %s', (_, value, stdout) => {
  expect(write([['value', value]])).toEqual({ stdout, files: {} });
});

it('joins text that streams and ends it with one line break', () => {
  expect(
    write([
      ['item', 'Once'],
      ['item', ' upon'],
      ['item', ''],
    ]).stdout,
  ).toBe('Once upon\n');
  expect(
    write([
      ['item', 'a\n'],
      ['item', 'b\n'],
    ]).stdout,
  ).toBe('a\nb\n');
});

it('prints other items one JSON a line', () => {
  expect(
    write([
      ['item', { n: 1 }],
      ['item', [2]],
      ['item', 'x'],
      ['item', 3],
    ]).stdout,
  ).toBe('{"n":1}\n[2]\nx\n3\n');
});

it('prints nothing for a generator without items', () => {
  expect(write([])).toEqual({ stdout: '', files: {} });
});

it('writes a file output beside the caller and prints its name', () => {
  expect(write([['value', PNG]])).toEqual({ stdout: 'output.png\n', files: { 'output.png': 'png' } });
  expect(write([['value', TEXT]]).files).toEqual({ 'output.txt': 'hi' });
  expect(write([['value', 'data:x/unknown;base64,AA==']]).stdout).toBe('output.bin\n');
});

it('numbers several files, whether they stream or come in a list', () => {
  const expected = {
    stdout: 'output.0.png\noutput.1.txt\n',
    files: { 'output.0.png': 'png', 'output.1.txt': 'hi' },
  };
  expect(
    write([
      ['item', PNG],
      ['item', TEXT],
    ]),
  ).toEqual(expected);
  expect(write([['value', [PNG, TEXT]]])).toEqual(expected);
});

it('puts names in the place of files inside an object', () => {
  expect(write([['value', { picture: PNG, label: 'cat' }]])).toEqual({
    stdout: '{\n  "picture": "output.png",\n  "label": "cat"\n}\n',
    files: { 'output.png': 'png' },
  });
});

it('writes to the file of -o, numbered before its extension where there are several', () => {
  expect(write([['value', PNG]], 'a/cat.png')).toEqual({
    stdout: 'a/cat.png\n',
    files: { 'a/cat.png': 'png' },
  });
  expect(
    write(
      [
        ['item', PNG],
        ['item', PNG],
      ],
      'a.b/cat',
    ).stdout,
  ).toBe('a.b/cat.0\na.b/cat.1\n');
  expect(write([['value', { a: PNG, b: [PNG, 1] }]], 'cat.png').files).toEqual({
    'cat.0.png': 'png',
    'cat.1.png': 'png',
  });
  expect(write([['item', PNG]], 'cat.png').stdout).toBe('cat.0.png\n');
});

it('writes text to the file of -o when no output is a file', () => {
  expect(write([['value', 'hi']], 'out.txt')).toEqual({ stdout: '', files: { 'out.txt': 'hi\n' } });
  expect(
    write(
      [
        ['item', 'a'],
        ['item', 'b'],
      ],
      'out.txt',
    ).files,
  ).toEqual({ 'out.txt': 'ab\n' });
});

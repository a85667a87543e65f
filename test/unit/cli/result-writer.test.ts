import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.ts';
import type { OutputTarget } from '../../../src/cli/output-names.ts';
import { type OutputKind, ResultWriter, type TextItems } from '../../../src/cli/result-writer.ts';

const PNG = `data:image/png;base64,${Buffer.from('png').toString('base64')}`;
const TEXT = `data:text/plain;charset=utf-8;base64,${Buffer.from('hi').toString('base64')}`;

const HERE: OutputTarget = { kind: 'here' };
const file = (path: string): OutputTarget => ({ kind: 'file', path });

function write(
  outputs: readonly (readonly [OutputKind, Json])[],
  target: OutputTarget = HERE,
  textItems: TextItems = 'parts',
) {
  let stdout = '';
  const files: Record<string, string> = {};
  const writer = new ResultWriter(
    { target, textItems },
    {
      print: (text) => {
        stdout += text;
      },
      write: (path, content) => {
        files[path] = (files[path] ?? '') + content.toString();
      },
    },
  );
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
  expect(write([['value', PNG]], file('a/cat.png'))).toEqual({
    stdout: 'a/cat.png\n',
    files: { 'a/cat.png': 'png' },
  });
  expect(
    write(
      [
        ['item', PNG],
        ['item', PNG],
      ],
      file('a.b/cat'),
    ).stdout,
  ).toBe('a.b/cat.0.png\na.b/cat.1.png\n');
  expect(write([['value', { a: PNG, b: [PNG, 1] }]], file('cat.png')).files).toEqual({
    'cat.0.png': 'png',
    'cat.1.png': 'png',
  });
  expect(write([['item', PNG]], file('cat.png')).stdout).toBe('cat.0.png\n');
});

it('writes text to the file of -o when no output is a file', () => {
  expect(write([['value', 'hi']], file('out.txt'))).toEqual({ stdout: '', files: { 'out.txt': 'hi\n' } });
  expect(
    write(
      [
        ['item', 'a'],
        ['item', 'b'],
      ],
      file('out.txt'),
    ).files,
  ).toEqual({ 'out.txt': 'ab\n' });
});

it('prints the texts of a declared list as JSON, one a line', () => {
  const items = [
    ['item', 'two\nlines'],
    ['item', ''],
    ['item', PNG],
  ] as const;
  expect(write(items, HERE, 'items').stdout).toBe('"two\\nlines"\n""\noutput.0.png\n');
  expect(write([['value', 'one']], HERE, 'items').stdout).toBe('one\n');
});

describe('the name of a file output', () => {
  const named = (name: string, type: string) => `data:${type};name=${encodeURIComponent(name)};base64,aGk=`;
  const list: Json = [
    named('my note, 1.md', 'text/plain'),
    named('b;x', 'image/png'),
    named('../../up', 'x/y'),
    PNG,
    named('B;x.png', 'a/b'),
  ];

  it('is its own in the folder of -o, where it cannot leave it or meet another', () => {
    expect(write([['value', list]], { kind: 'folder', path: 'some/dir' }).stdout).toBe(
      [
        'some/dir/my note, 1.md',
        'some/dir/b;x.png',
        'some/dir/up',
        'some/dir/output.png',
        'some/dir/B;x-2.png',
        '',
      ].join('\n'),
    );
  });

  it('gives its extension where -o names one file for several', () => {
    expect(write([['value', list]], file('out.txt')).stdout).toBe(
      'out.0.md\nout.1.png\nout.2.txt\nout.3.png\nout.4.png\n',
    );
    expect(write([['value', named('note.md', 'text/plain')]], file('out.txt')).stdout).toBe('out.txt\n');
  });

  it('gives its extension where there is no -o', () => {
    expect(write([['value', named('note.md', 'text/plain')]]).stdout).toBe('output.md\n');
  });

  it('is put to use for text in no way: that is printed', () => {
    expect(write([['value', 'hi']], { kind: 'folder', path: 'dir' })).toEqual({ stdout: 'hi\n', files: {} });
  });
});

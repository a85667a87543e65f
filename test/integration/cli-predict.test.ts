import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunOptions, runPawl } from '../helpers/run-pawl.ts';

const fixture = (name: string) => path.resolve('test/fixtures/predictors', name);
const SHAPES = fixture('shapes.ts');

describe('pawl predict', () => {
  let dir: string;
  let workDir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
    workDir = mkdtempSync(path.join(tmpdir(), 'pawl-test-work-'));
  });
  afterEach(() => {
    // Whatever happened, nothing of the worker stays.
    expect(readdirSync(workDir)).toEqual([]);
    rmSync(dir, { recursive: true });
    rmSync(workDir, { recursive: true });
  });
  const run = (args: readonly string[], options: RunOptions = {}) =>
    runPawl(['predict', ...args, '--work-dir', workDir], { cwd: dir, ...options });
  const shape = (as: string, ...args: string[]) =>
    run([SHAPES, '-i', 'prompt=hi there', '-i', `as=${as}`, ...args]);

  it('prints text raw on stdout, and logs and progress on stderr', async () => {
    const { code, stdout, stderr } = await shape('text');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hi there!\n' });
    expect(stderr).toMatch(
      /^setting up$.*^pawl: setup took [\d.]+ s$.*^predicting text$.*^pawl: succeeded/ms,
    );
  });

  it('prints other values as JSON, read by the schema and joined from -i and --json', async () => {
    const { code, stdout } = await run(
      [SHAPES, '-i', 'as=json', '-i', 'tags=a', '-i', 'tags=b', '--json', '-'],
      {
        stdin: '{"prompt": "from stdin", "times": 2}',
      },
    );
    expect(code).toBe(0);
    expect(stdout).toBe(`${JSON.stringify({ prompt: 'from stdin', times: 2, tags: ['a', 'b'] }, null, 2)}\n`);
  });

  it.each([
    ['words', 'hi there \n'],
    ['numbers', '{"i":0}\n'],
    ['nothing', 'null\n'],
  ])('prints %s as they come', async (as, expected) => {
    expect(await shape(as)).toMatchObject({ code: 0, stdout: expected });
  });

  it('sends a file for @, with its name and type', async () => {
    mkdirSync(path.join(dir, 'my pets'));
    writeFileSync(path.join(dir, 'my pets/the cat, grün.png'), 'not really');
    const { code, stdout } = await shape('text', '-i', 'image=@my pets/the cat, grün.png');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'the cat, grün.png image/png 10\n' });
  });

  it('writes a file output here and prints its name', async () => {
    expect(await shape('file')).toMatchObject({ code: 0, stdout: 'output.txt\n' });
    expect(readFileSync(path.join(dir, 'output.txt'), 'utf8')).toBe('hi there');
  });

  it('numbers several files, and puts the name of one inside an object', async () => {
    expect((await shape('files')).stdout).toBe('output.0.txt\noutput.1.txt\n');
    expect(readFileSync(path.join(dir, 'output.1.txt'), 'utf8')).toBe('second');
    expect(JSON.parse((await shape('nested')).stdout)).toEqual({ note: 'output.txt', times: 1 });
  });

  it('writes to -o, replacing an older file', async () => {
    const target = path.join(dir, 'note.md');
    writeFileSync(target, 'a much longer older content');
    expect(await shape('file', '-o', target)).toMatchObject({ code: 0, stdout: `${target}\n` });
    expect(readFileSync(target, 'utf8')).toBe('hi there');
    expect((await shape('text', '-o', target)).stdout).toBe('');
    expect(readFileSync(target, 'utf8')).toBe('hi there!\n');
  });

  it('writes several files to the folder of -o under their own names, or beside the file of -o', async () => {
    mkdirSync(path.join(dir, 'out'));
    expect((await shape('files', '-o', 'out')).stdout).toBe('out/note.txt\nout/note-2.txt\n');
    expect(readFileSync(path.join(dir, 'out/note-2.txt'), 'utf8')).toBe('second');
    expect((await shape('files', '-o', 'out/all.zip')).stdout).toBe('out/all.0.txt\nout/all.1.txt\n');
  });

  it('refuses -o in a folder that does not exist', async () => {
    const { code, stderr } = await shape('text', '-o', 'none/');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^pawl: -o takes the name of a file, .* the directory "none\/" does not exist\.$/m,
    );
  });

  it.each([
    ['items', '"two\\nlines"\n"and one"\n'],
    ['parts', 'two\nlinesand one\n'],
    ['undeclared', 'two\nlinesand one\n'],
    ['returned', '[\n  "two\\nlines",\n  "and one"\n]\n'],
  ])('prints texts that are declared as %s', async (name, expected) => {
    expect(await run([`${fixture('texts.ts')}:${name}`])).toMatchObject({ code: 0, stdout: expected });
  });

  it('takes JSON, else text, for a predictor without a schema', async () => {
    const { code, stdout } = await run([fixture('kinds.mjs'), '-i', 'kind=value', '-i', 'value={"a":[1]}']);
    expect({ code, value: JSON.parse(stdout) }).toEqual({ code: 0, value: { a: [1] } });
  });

  it.each<[string, string[], RegExp]>([
    [
      'an unknown input',
      ['-i', 'promt=x'],
      /^pawl: -i names the input "promt", which does not exist; .*"prompt"/m,
    ],
    ['a missing input', [], /^pawl: The input "prompt" is required; add -i prompt=VALUE\.$/m],
    [
      'a value of the wrong kind',
      ['-i', 'prompt=x', '-i', 'times=few'],
      /^pawl: -i times takes a whole number, not "few"\.$/m,
    ],
    [
      'a value out of range',
      ['-i', 'prompt=x', '-i', 'times=9'],
      /^pawl: the input is invalid: times: .*3.*\[PAWL_INPUT_INVALID\]$/m,
    ],
    [
      'a file that does not exist',
      ['-i', 'prompt=x', '-i', 'image=@none.png'],
      /^pawl: The input file "none\.png" does not exist\.$/m,
    ],
  ])('%s is exit code 2', async (_, args, line) => {
    const { code, stdout, stderr } = await run([SHAPES, ...args]);
    expect(stderr).toMatch(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a failed prediction is exit code 1, with its stack in the log and one line', async () => {
    const { code, stdout, stderr } = await shape('fail');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/shapes\.ts:\d+:\d+/);
    expect(stderr).toMatch(
      /^pawl: the prediction failed: RangeError: out of paint\. \[PAWL_PREDICT_FAILED\]\n$/m,
    );
    expect(stderr).not.toContain('/dist/');
  });

  it('a failed setup is exit code 1, with its output, its stack and one line', async () => {
    const { code, stdout, stderr } = await run([fixture('fails-in-setup.ts')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^last words of setup$.*fails-in-setup\.ts:8:11.*^pawl: setup failed: Error: weights/ms,
    );
    expect(stderr.match(/last words of setup/g)).toHaveLength(1);
  });

  it('a mistake in the source is told once, with its place', async () => {
    writeFileSync(path.join(dir, 'typo.ts'), 'export function predict() {\n  return 1 + ;\n}\n');
    const { code, stdout, stderr } = await run(['typo.ts']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const line =
      /^pawl: setup failed: .*typo\.ts could not be imported: .*typo\.ts:2:13: ERROR: .*\[PAWL_LOAD_FAILED\]\n$/;
    expect(stderr).toMatch(line);
    expect(stderr.match(/ERROR/g)).toHaveLength(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels and is exit code %i', async (signal, expected) => {
    const { code, stdout, stderr } = await run([SHAPES, '-i', 'prompt=x', '-i', 'as=wait'], {
      onStderr: (soFar, kill) => {
        if (soFar.endsWith('waiting')) kill(signal);
      },
    });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(/^waiting\npawl: canceled after/m);
  });

  it('ends when nobody reads its output any more', async () => {
    const { code, stderr } = await run([SHAPES, '-i', 'prompt=x', '-i', 'as=endless'], {
      closeStdoutAfter: 'x',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pawl: the output could not be written: nobody reads stdout any more\. \[/m);
  });

  it.each([
    ['an unknown input', 'time=1', /^pawl: -i names the input "time", which does not exist/m],
    ['a file that does not exist', 'image=@none', /^pawl: The input file "none" does not exist\.$/m],
    ['a value out of range', 'times=9', /^pawl: the input is invalid: times: .*3.*\[PAWL_INPUT_INVALID\]$/m],
  ])('%s is told without waiting for setup', async (_, input, line) => {
    const { code, stderr } = await run([fixture('sleeps-in-setup.mjs'), '-i', input]);
    expect(stderr).toMatch(line);
    expect(code).toBe(2);
  });

  it('Ctrl-C during setup ends it', async () => {
    const { code } = await run([fixture('sleeps-in-setup.mjs')], {
      onStderr: (soFar, kill) => {
        if (soFar.includes('setting up')) kill('SIGINT');
      },
    });
    expect(code).toBe(130);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('output of a prediction in a worker with one slot', () => {
  let server: RunningServer;
  const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  const logsOf = async (input: Record<string, unknown>) => (await predict(server.url, input)).body.logs;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/writes.mjs');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  it('is in its logs whatever wrote it, in the order in which it was written', async () => {
    expect(await logsOf({ how: 'everyWay' })).toBe(
      'console.log\nprocess.stdout\nfs.writeSync\nspawnSync\nexecFileSync\nlast\n',
    );
  });

  it('keeps the order between stdout and stderr of JavaScript', async () => {
    const expected = Array.from({ length: 50 }, (_, i) => `out ${i}\nerr ${i}\n`).join('');
    expect(await logsOf({ how: 'bothStreams' })).toBe(expected);
  });

  it('looks as the console of Node prints it', async () => {
    const texts = `\n100 %\n%s and %d\n🦜\ufffd\n${'x'.repeat(5000)}\ninfo\ndebug\nmore than one 1\n`;
    const expected = `${texts}in a group\n  two\n  lines\n{ a: 1 }\nwarn\nerror\n`;
    expect(await logsOf({ how: 'consoleMethods' })).toBe(expected);
  });

  it('is shown to an inspector as well', async () => {
    const { body } = await predict(server.url, { how: 'inspected' });
    expect(body.output).toEqual(['to both']);
    expect(body.logs).toMatch(/^to both\n(?:.*\n)*to the log\n/m);
  });

  it('shows up while a synchronous predictor still blocks', async () => {
    const release = path.join(dir, 'release');
    const created = await predict(server.url, { how: 'untilReleased', release }, { prefer: 'respond-async' });
    expect(created.status).toBe(202);
    const live = await eventually('the log of a blocked prediction', async () => {
      const { body } = await getPrediction(server.url, created.body.id);
      return body.logs?.includes('from a child') ? body : null;
    });
    expect(live.status).toBe('processing');
    expect(live.logs).toBe('before the wait\nfrom a child\n');
    writeFileSync(release, '');
    const done = await eventually('the end', async () => {
      const { body } = await getPrediction(server.url, created.body.id);
      return body.status === 'succeeded' ? body : null;
    });
    expect(done.logs).toBe('before the wait\nfrom a child\nafter the wait\n');
  });

  it('is complete before the terminal state, however much it is', async () => {
    const lines = 100_000;
    const expected = Array.from({ length: lines }, (_, i) => `line ${i}\n`).join('');
    expect((await logsOf({ how: 'manyLines', lines })) === expected).toBe(true);
    const counted = Array.from({ length: lines }, (_, i) => `${i + 1}\n`).join('');
    expect((await logsOf({ how: 'manyLinesFromChild', lines })) === counted).toBe(true);
  });

  it('ends with its prediction: an unfinished line does not begin the next log', async () => {
    expect(await logsOf({ how: 'unfinished' })).toBe('no newline');
    expect(await logsOf({ how: 'everyWay' })).toMatch(/^console\.log\n/);
  });

  it('joins a character that was written in two pieces', async () => {
    expect(await logsOf({ how: 'characters' })).toBe('🦜\n');
  });

  it('goes to the server log, with the id, when work outlives its prediction', async () => {
    const late = await predict(server.url, { how: 'later' });
    expect(late.body.logs).toBe('');
    const child = await predict(server.url, { how: 'keptChild' });
    expect(child.body.logs).toBe('');
    await eventually('both late lines', () =>
      /written after the end/.test(server.stderr()) && /child after the end/.test(server.stderr())
        ? true
        : null,
    );
    const line = server
      .stderr()
      .split('\n')
      .find((text) => text.includes('written after the end'));
    expect(line).toContain(late.body.id);
  });

  it('ends the subprocess that a prediction leaves behind', async () => {
    const { body } = await predict(server.url, { how: 'child' });
    await eventually('the subprocess is gone', () => (isAlive(Number(body.output)) ? null : true));
  });

  it('finds stdin empty, in the worker and in a subprocess', async () => {
    expect((await predict(server.url, { how: 'stdin' })).body.output).toEqual({ stdin: '', child: '' });
  });

  it('contains the stack of a predictor that throws', async () => {
    const { body } = await predict(server.url, { how: 'throws' });
    expect(body.status).toBe('failed');
    expect(body.error).toBe('RangeError: out of range');
    expect(body.logs).toMatch(/^about to throw\nRangeError: out of range\n {4}at .*writes\.mjs:\d+:\d+/);
    expect(body.logs).not.toMatch(/dist\/worker/);
  });

  it('reaches both the log and what user code put in place of write()', async () => {
    const file = path.join(dir, 'copy.txt');
    expect(await logsOf({ how: 'replacedWrite', file })).toBe('to both\nonce only\nto the log\n');
    expect(readFileSync(file, 'utf8')).toBe('to both\nseen once only\n');
  });

  it('reaches both the log and the stream assigned to process.stdout', async () => {
    const { body } = await predict(server.url, { how: 'replacedStream' });
    expect(body.logs).toBe('teed\nalone\n');
    expect(body.output).toEqual(['teed\n']);
  });

  it('reaches both the log and a console put in place of the global one', async () => {
    const file = path.join(dir, 'console.txt');
    expect(await logsOf({ how: 'replacedConsole', file })).toBe('by a new console\nby the old one\n');
    await eventually('the file of the new console', () =>
      existsSync(file) && readFileSync(file, 'utf8') === 'by a new console\n' ? true : null,
    );
  });

  it('survives a replacement of write() that throws', async () => {
    const { body } = await predict(server.url, { how: 'throwingWrite' });
    expect(body.status).toBe('succeeded');
    expect(body.logs).toBe('still logged\n');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limit } from '../../src/limits.ts';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { childrenOf, peakBytes } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { whileStopped } from '../helpers/stopped-server.ts';

const PREDICTOR = 'test/fixtures/predictors/tortures.mjs';
const NOTICE = '[**** LOG LINE TRUNCATED AT 4 MiB ****]';
const MiB = 1024 * 1024;
const FLOOD_BYTES = 250_000_000;
/** Beside what it keeps of the log, the server holds what it has not collected yet. */
const SERVER_PEAK_MAX = 512 * MiB;
const WORKER_PEAK_MAX = 256 * MiB;
/** A worker that kept something of each line that it prints would be far above. */
const PRINTING_PEAK_MAX = 160 * MiB;
const WORKERS = [
  ['a worker with one slot', 'oneSlot', '1'],
  ['a worker with eight slots', 'manySlots', '8'],
] as const;

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}\n`).join('');

describe.each(WORKERS)('%s', (_, name, concurrency) => {
  let server: RunningServer;
  let worker: number;
  const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  beforeAll(async () => {
    // What the server logs of a flood is not what is tested here.
    const env = { PAWL_LOG_LEVEL: 'error' };
    server = await startServer(`${PREDICTOR}:${name}`, { args: ['--concurrency', concurrency], env });
    [worker = 0] = childrenOf(server.pid);
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true });
    await server.stop();
  });

  async function logsOf(input: Readonly<Record<string, unknown>>): Promise<string> {
    const { body } = await predict(server.url, input);
    expect(body.status).toBe('succeeded');
    return body.logs ?? '';
  }
  const logsOfShell = (script: string) => logsOf({ how: 'shell', script });

  it('joins a character whose bytes a subprocess writes one by one', async () => {
    const bytes = ['360', '237', '246', '234', '303', '251', '012'].map((byte) => `printf '\\${byte}'`);
    expect(await logsOfShell(bytes.join('; sleep 0.07; '))).toBe('🦜é\n');
    const many = `i=0; while [ $i -lt 2000 ]; do printf '\\360\\237'; printf '\\246\\234\\n'; i=$((i+1)); done`;
    expect((await logsOfShell(many)) === '🦜\n'.repeat(2000)).toBe(true);
  });

  it('keeps the carriage returns of a progress bar', async () => {
    const bar = `for i in 10 50 90; do printf "$i %%\\r"; sleep 0.06; done; printf 'done\\n'`;
    expect(await logsOfShell(bar)).toBe('10 %\r50 %\r90 %\rdone\n');
  });

  it('keeps a line without its end, and begins the next log anew', async () => {
    expect(await logsOf({ how: 'childWrites', text: 'of a child' })).toBe('of a child');
    expect(await logsOf({ how: 'write', text: 'of JavaScript' })).toBe('of JavaScript');
    expect(await logsOf({ how: 'write', text: '' })).toBe('');
  });

  it('cuts a line of 5 MiB with a notice and leaves the next one whole', async () => {
    const bytes = 5 * MiB;
    const expected = `${'x'.repeat(limit('logLineBytesMax') - NOTICE.length)}${NOTICE}\nnext\n`;
    const script = `head -c ${bytes} /dev/zero | tr '\\0' x; echo; echo next`;
    expect((await logsOfShell(script)) === expected).toBe(true);
    expect((await logsOf({ how: 'longLine', bytes })) === expected).toBe(true);
  });

  it('holds a million lines of JavaScript, and of a subprocess', async () => {
    const count = 1_000_000;
    const expected = numbers(count);
    expect((await logsOf({ how: 'lines', count })) === expected).toBe(true);
    expect((await logsOfShell(`seq ${count}`)) === expected).toBe(true);
    expect(peakBytes(worker)).toBeLessThan(PRINTING_PEAK_MAX);
  });

  it('loses nothing while the server does not read', async () => {
    const count = 400_000;
    const begin = path.join(dir, 'begin');
    for (const input of [
      { how: 'linesAfter', count, begin },
      { how: 'shell', script: `while [ ! -e ${begin} ]; do sleep 0.01; done; seq ${count}` },
    ]) {
      const { body } = await predict(server.url, input, { prefer: 'respond-async' });
      await whileStopped(server.pid, worker, () => writeFileSync(begin, ''));
      const ended = await eventually('the end', async () => {
        const seen = (await getPrediction(server.url, body.id)).body;
        return seen.status === 'processing' ? null : seen;
      });
      expect(ended.status).toBe('succeeded');
      expect(ended.logs === numbers(count)).toBe(true);
      rmSync(begin);
    }
  });

  it('counts what is beyond the limit of a log to the byte', async () => {
    const line = 40;
    const logs = await logsOfShell(`seq -f '%0${line - 1}.0f' 1000000`);
    const marker = /\n\[\*{4} LOG TRUNCATED, (\d+) BYTES DROPPED \*{4}\]\n$/.exec(logs);
    const kept = (marker?.index ?? 0) + 1;
    expect(kept).toBeLessThanOrEqual(limit('predictionLogBytesMax'));
    expect(kept).toBeGreaterThan(limit('predictionLogBytesMax') - 2 * limit('capturePipeBytes'));
    expect(kept % line).toBe(0);
    expect(kept + Number(marker?.[1])).toBe(line * 1_000_000);
    expect(Number(logs.slice(kept - line, kept))).toBe(kept / line);
  });

  it('misses nothing of a subprocess that writes and exits at once', async () => {
    const times = 200;
    const expected = Array.from({ length: times }, (_, i) => `short ${i}\n`).join('');
    expect(await logsOf({ how: 'exitsAtOnce', text: 'short', times })).toBe(expected);
  });

  it('shows nothing of a flood that goes on while predict() returns to the next prediction', async () => {
    for (let i = 0; i < 10; i += 1) {
      const text = `flood ${i}`;
      const flood = (await logsOf({ how: 'floodsWhileReturning', text })).split('\n');
      expect(flood.slice(0, -1).filter((line) => line !== text)).toEqual([]);
      expect(text.startsWith(flood.at(-1) ?? '')).toBe(true);
      expect(await logsOf({ how: 'waits' })).toBe('');
    }
  });

  it.each([
    ['write', 500],
    ['childWrites', 100],
  ])('%s in the last moment reaches its own log, %i times', async (how, times) => {
    for (let i = 0; i < times; i += 1) expect(await logsOf({ how, text: `last ${i}` })).toBe(`last ${i}`);
  });

  it('keeps the order between the streams of JavaScript', async () => {
    const count = 200;
    const expected = Array.from({ length: count }, (_, i) => `out ${i}\nerr ${i}\n`).join('');
    expect(await logsOf({ how: 'bothStreams', count })).toBe(expected);
  });

  it('keeps that order where a busy stream is read less often', async () => {
    const [times, count] = [20, 1000];
    const burst = (time: number) => Array.from({ length: count }, (_, i) => `out ${time} ${i}\n`).join('');
    const expected = Array.from({ length: times }, (_, time) => `${burst(time)}err ${time}\n`).join('');
    expect((await logsOf({ how: 'inBursts', times, count })) === expected).toBe(true);
  });

  it('keeps the order within each stream of a subprocess', async () => {
    const count = 500;
    const script = `i=0; while [ $i -lt ${count} ]; do echo out $i; echo err $i >&2; i=$((i+1)); done`;
    const lines = (await logsOfShell(script)).trimEnd().split('\n');
    for (const stream of ['out', 'err']) {
      const expected = Array.from({ length: count }, (_, i) => `${stream} ${i}`);
      expect(lines.filter((line) => line.startsWith(stream))).toEqual(expected);
    }
    expect(lines).toHaveLength(2 * count);
  });

  it('gives a grandchild the descriptors 0, 1 and 2 only, and nothing to read', async () => {
    const script = `sh -c 'ls /proc/$$/fd; readlink /proc/$$/fd/0'; true`;
    // Whoever runs the tests may have left descriptors open for everything below.
    const inherited = spawnSync('sh', ['-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }).stdout.toString();
    expect(inherited).toMatch(/^0\n1\n2\n/);
    expect(await logsOfShell(script)).toBe(inherited);
  });
});

describe('a flood of 250 MB from a subprocess', () => {
  it.each(WORKERS)('leaves server and worker small with %s', async (_, name, concurrency) => {
    const env = { PAWL_LOG_LEVEL: 'error' };
    const args = ['--concurrency', concurrency];
    const server = await startServer(`${PREDICTOR}:${name}`, { args, env });
    try {
      const script = `yes '${'flood '.repeat(10)}' | head -c ${FLOOD_BYTES}`;
      const { body } = await predict(server.url, { how: 'shell', script });
      expect(body.status).toBe('succeeded');
      const dropped = Number(/TRUNCATED, (\d+) BYTES DROPPED/.exec(body.logs ?? '')?.[1]);
      const kept = (body.logs ?? '').indexOf('[****');
      expect(kept + dropped).toBe(FLOOD_BYTES);
      const [worker] = childrenOf(server.pid);
      expect(peakBytes(worker ?? 0)).toBeLessThan(WORKER_PEAK_MAX);
      expect(peakBytes(server.pid)).toBeLessThan(SERVER_PEAK_MAX);
    } finally {
      await server.stop();
    }
  });
});

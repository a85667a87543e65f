// What a prediction costs, as `metrics` tells it: measured by the real worker, over work whose cost is known.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const MIB = 2 ** 20;
const folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Figures = { readonly [name: string]: number };

describe('the metrics of a prediction', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/costly.mjs');
  });
  afterAll(() => server?.stop());

  async function costOf(input: Readonly<Record<string, unknown>>): Promise<Figures> {
    const { body } = await predict(server.url, input);
    expect(body).toMatchObject({ status: 'succeeded' });
    return body.metrics as Figures;
  }

  it('have times in seconds, and the CPU time of the worker', async () => {
    const metrics = await costOf({ burnMs: 300 });
    expect(metrics.predict_time).toBeGreaterThan(0.29);
    expect(metrics.queue_time).toBeGreaterThanOrEqual(0);
    // Since its process began, with the 0.2 s that its setup() waits.
    expect(metrics.setup).toBeGreaterThan(0.2);
    expect(metrics.setup).toBeLessThan(60);
    // On a busy machine it gets less of a CPU than it asks for.
    expect(metrics.cpu_time).toBeGreaterThan(0.03);
    expect(metrics.cpu_time).toBeLessThan(30);
    for (const absent of ['subprocess_cpu_time', 'subprocess_memory_peak_bytes']) {
      expect(metrics).not.toHaveProperty(absent);
    }
    const { setup } = await costOf({});
    expect(setup).toBe(metrics.setup);
  });

  it('have the CPU time of waiting as next to nothing', async () => {
    const release = path.join(folder, 'release-wait');
    const { body } = await predict(server.url, { release }, { prefer: 'respond-async' });
    expect((await getPrediction(server.url, body.id)).body.metrics).not.toHaveProperty('cpu_time');
    writeFileSync(release, '');
    const ended = await eventually('the end', async () => {
      const { body: now } = await getPrediction(server.url, body.id);
      return now.status === 'succeeded' ? (now.metrics as Figures) : null;
    });
    expect(ended.cpu_time).toBeLessThan(Number(ended.predict_time) + 0.5);
  });

  it('have the peak memory of the worker', async () => {
    const before = await costOf({});
    const after = await costOf({ mib: 200 });
    expect(before.memory_peak_bytes).toBeGreaterThan(20 * MIB);
    expect(Number(after.memory_peak_bytes)).toBeGreaterThan(200 * MIB);
    expect(Number(after.memory_peak_bytes)).toBeLessThan(Number(before.memory_peak_bytes) + 300 * MIB);
  });

  it.runIf(process.platform === 'linux').each([
    ['a subprocess', {}],
    ['a synchronous subprocess', { sync: true }],
  ])('have CPU time and memory of %s', async (_what, how) => {
    const metrics = await costOf({ child: { mib: 200, ms: 300 }, ...how });
    expect(metrics.subprocess_cpu_time).toBeGreaterThan(0.05);
    expect(metrics.subprocess_memory_peak_bytes).toBeGreaterThan(200 * MIB);
    expect(metrics.subprocess_memory_peak_bytes).toBeLessThan(500 * MIB);
  });

  it('leave out CPU time where two predictions ran at a time, since nobody can tell whose it was', async () => {
    const release = path.join(folder, 'release-both');
    const { body } = await predict(server.url, { release }, { prefer: 'respond-async' });
    const meanwhile = await costOf({ child: { mib: 1, ms: 1 } });
    expect(meanwhile).not.toHaveProperty('cpu_time');
    expect(meanwhile).not.toHaveProperty('subprocess_cpu_time');
    expect(meanwhile).toHaveProperty('memory_peak_bytes');
    writeFileSync(release, '');
    const other = await eventually('the end', async () => {
      const { body: now } = await getPrediction(server.url, body.id);
      return now.status === 'succeeded' ? now.metrics : null;
    });
    expect(other).not.toHaveProperty('cpu_time');
    expect(await costOf({})).toHaveProperty('cpu_time');
  });

  it('are there after a cancel, too', async () => {
    const { body } = await predict(
      server.url,
      { release: path.join(folder, 'never') },
      { prefer: 'respond-async' },
    );
    // What is canceled before its predict() was called has used nothing.
    await eventually('its predict() runs', async () => {
      const { body: now } = await getPrediction(server.url, body.id);
      return now.logs === 'waiting\n' ? now : null;
    });
    await fetch(`${server.url}/predictions/${body.id}/cancel`, { method: 'POST' });
    const canceled = await eventually('the end', async () => {
      const { body: now } = await getPrediction(server.url, body.id);
      return now.status === 'canceled' ? now.metrics : null;
    });
    expect(canceled).toMatchObject({
      cpu_time: expect.any(Number),
      setup: expect.any(Number),
      cancel: expect.anything(),
    });
  });
});

describe.runIf(process.platform === 'linux')('PeakMemory', () => {
  const module = new URL('../../src/worker/model/peak-memory.ts', import.meta.url).href;
  const run = (code: string) =>
    JSON.parse(
      execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', code], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
      }).toString(),
    ) as Figures;
  const read = 'memory.bytes(process.resourceUsage().maxRSS)';

  it('is that of the process itself, not of the one that started it', () => {
    // Held while the child is started: fork and exec pass it on to what getrusage() says of the child.
    const held = Buffer.alloc(400 * MIB, 1);
    const { bytes } = run(`
      const { PeakMemory } = await import('${module}');
      const memory = new PeakMemory();
      console.log(JSON.stringify({ bytes: ${read} }));`);
    expect(held.length).toBe(400 * MIB);
    expect(bytes).toBeGreaterThan(10 * MIB);
    expect(bytes).toBeLessThan(300 * MIB);
  });

  it('starts anew at each reset', () => {
    const { high, later } = run(`
      const { PeakMemory } = await import('${module}');
      const memory = new PeakMemory();
      let held = Buffer.alloc(${300 * MIB}, 1);
      const high = ${read} + 0 * held.length;
      held = null;
      gc();
      await new Promise((resolve) => setTimeout(resolve, 50));
      gc();
      memory.reset();
      console.log(JSON.stringify({ high, later: ${read} }));`);
    expect(high).toBeGreaterThan(300 * MIB);
    expect(later).toBeLessThan(Number(high) - 200 * MIB);
  });
});

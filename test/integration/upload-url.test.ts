// --upload-url with a real worker and a real receiver: what clients get, in which order, and what is left on disk.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { peakBytes } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';
import { receiveUploads, type UploadReceiver } from '../helpers/upload-receiver.ts';

const PREDICTOR = path.resolve('test/fixtures/predictors/output-files.ts');
let scratch: string;
let receiver: UploadReceiver;
let server: RunningServer;

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  receiver = await receiveUploads();
  server = await startServer(PREDICTOR, {
    args: ['--work-dir', path.join(scratch, 'work'), '--upload-url', `${receiver.url}/bucket?sig=1`],
    cwd: scratch,
  });
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.begun.length = 0;
  receiver.answer = () => false;
});
afterEach(() => nothingLeft());
afterAll(async () => {
  await server.stop();
  await receiver.close();
  expect(readdirSync(path.join(scratch, 'work'))).toEqual([]);
  rmSync(scratch, { recursive: true });
});

const nothingLeft = () =>
  eventually('no file is left', () => {
    const entries = readdirSync(path.join(scratch, 'work'), { recursive: true, withFileTypes: true });
    return entries.some((entry) => entry.isFile()) ? null : (true as const);
  });

/** Held answers, and the way to let them go. */
function holding(which: (text: string) => boolean): ServerResponse[] {
  const held: ServerResponse[] = [];
  receiver.answer = ({ text }, response) => {
    if (!which(text)) return false;
    held.push(response);
    return true;
  };
  return held;
}

const placeOf = (id: string, name: string) =>
  expect.stringMatching(
    new RegExp(`^${receiver.url}/bucket/${id}/[0-9a-f]{24}/${name.replace('.', '\\.')}$`),
  );

describe('files of an output', () => {
  it('are uploaded and stand in it as URLs, at every depth', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await predict(server.url, { as: 'nested' }, { traceparent });
    expect(body).toMatchObject({ status: 'succeeded' });
    expect(body.output).toEqual({
      pictures: [
        { file: placeOf(body.id, 'a.txt'), page: 1 },
        { file: placeOf(body.id, 'b.txt'), page: 2 },
      ],
      note: 'made',
    });
    expect(receiver.received.map(({ type, text }) => [type, text]).sort()).toEqual([
      ['text/plain', 'a.txt'],
      ['text/plain', 'b.txt'],
    ]);
    expect(receiver.received.every(({ url }) => url.endsWith('.txt?sig=1'))).toBe(true);
    expect(receiver.received.map((received) => received.traceparent)).toEqual([traceparent, traceparent]);
  });

  it('keep their order, and that of what comes between them, however long each takes', async () => {
    const held = holding((text) => text === 'slow.txt');
    const answered = predict(server.url, { as: 'yielded' });
    // The others do not wait for the first.
    await eventually('all are received', () => (receiver.received.length === 3 ? true : null));
    held[0]?.writeHead(201).end();
    const { body } = await answered;
    expect(body.output).toEqual([
      placeOf(body.id, 'slow.txt'),
      'after slow.txt',
      placeOf(body.id, 'b.txt'),
      'after b.txt',
      placeOf(body.id, 'c.txt'),
      'after c.txt',
    ]);
  });

  it('are uploaded a few at a time', async () => {
    const held = holding(() => true);
    const answered = predict(server.url, { as: 'many' });
    await eventually('four are held', () => (held.length === 4 ? true : null));
    expect(receiver.begun).toHaveLength(4);
    receiver.answer = () => false;
    for (const response of held) response.writeHead(201).end();
    expect((await answered).body.output).toHaveLength(20);
  });

  it('fail the prediction where they cannot be uploaded', async () => {
    receiver.answer = (_received, response) => {
      response.writeHead(403).end();
      return true;
    };
    const { body } = await predict(server.url, { as: 'many' });
    expect(body).toMatchObject({
      status: 'failed',
      error_code: 'PAWL_OUTPUT_FILE_FAILED',
      error: expect.stringMatching(
        /^the output file \d+\.txt could not be uploaded to .*: the server answered 403$/,
      ),
    });
    expect(body.output).toBeUndefined();
  });

  it('are large without making the server large', async () => {
    const before = peakBytes(server.pid);
    const { body } = await predict(server.url, { as: 'large', mib: 100 });
    expect(receiver.received).toMatchObject([{ size: 100 * 2 ** 20, type: 'application/octet-stream' }]);
    expect(body.output).toEqual(placeOf(body.id, 'large.bin'));
    expect(peakBytes(server.pid) - before).toBeLessThan(30 * 2 ** 20);
  });
});

describe('while an upload is on its way', () => {
  it('the slot is free, and the next prediction may write to the same path', async () => {
    const held = holding((text) => text === '');
    const first = predict(server.url, { as: 'same-path', text: 'first' });
    await eventually('the first is held', () => (held.length === 1 ? true : null));
    const second = predict(server.url, { as: 'same-path', text: 'second' });
    await eventually('the second is held', () => (held.length === 2 ? true : null));
    for (const response of held) response.writeHead(201).end();
    expect([(await first).body.status, (await second).body.status]).toEqual(['succeeded', 'succeeded']);
    expect(receiver.received.map(({ size }) => size)).toEqual([500_000, 600_000]);
  });

  it('a cancel ends it, and the prediction is canceled', async () => {
    const held = holding(() => true);
    const { body } = await predict(server.url, { as: 'one' }, { prefer: 'respond-async' });
    await eventually('it is held', () => (held.length === 1 ? true : null));
    const aborted = new Promise((resolve) => held[0]?.once('close', resolve));
    expect((await getPrediction(server.url, body.id)).body.status).toBe('processing');
    await fetch(`${server.url}/predictions/${body.id}/cancel`, { method: 'POST' });
    await aborted;
    const ended = await eventually('it has ended', async () => {
      const { body: now } = await getPrediction(server.url, body.id);
      return now.status === 'processing' ? null : now;
    });
    expect([ended.status, ended.output]).toEqual(['canceled', undefined]);
    expect(ended.metrics).toMatchObject({ cancel: { stage: 'signal', ms: expect.any(Number) } });
  });

  it('the worker may die: what it made still arrives', async () => {
    const held = holding((text) => text === 'made.txt');
    const { body: worker } = await predict(server.url, { as: 'pid' });
    const answered = predict(server.url, { as: 'one' });
    await eventually('it is held', () => (held.length === 1 ? true : null));
    process.kill(Number(worker.output), 'SIGKILL');
    await eventually('another worker is ready', async () => {
      const { body } = await predict(server.url, { as: 'pid' });
      return body.status === 'succeeded' && body.output !== worker.output ? true : null;
    });
    // A second try reads the file again, which was the dead worker's.
    held[0]?.writeHead(503).end();
    await eventually('it is held again', () => (held.length === 2 ? true : null));
    held[1]?.writeHead(201).end();
    const { body } = await answered;
    expect([body.status, body.output]).toEqual(['succeeded', placeOf(body.id, 'made.txt')]);
  });
});

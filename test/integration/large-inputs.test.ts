// Bodies that are too large for the server's memory: taken, checked and shown like small ones, and gone from the disk when
// nobody needs them any more.
import { readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EventClient } from '../helpers/event-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { checkerOf, type LargeServer, onDisk, startLarge, stopLarge } from '../helpers/large-server.ts';
import { childrenOf, hasOpen, isAlive, peakBytes } from '../helpers/processes.ts';
import { slowUpload } from '../helpers/slow-upload.ts';

const MiB = 1024 * 1024;
/** About 110 MiB were seen; before bodies went to disk, 950. */
const SERVER_PEAK_MAX = 200 * MiB;
const TEXT = 'x'.repeat(2 * MiB);
const LINE = `"${'line\\n'.repeat(200_000)}",`;

const NOTHING = { named: 0, nameless: 0 };

async function send(url: string, body: string, path = '/predictions', headers = {}) {
  const upload = slowUpload(`${url}${path}`, { bytes: Buffer.byteLength(body), headers });
  await upload.send(body);
  const { status, body: answer } = await upload.finish();
  return { status, body: JSON.parse(answer.toString()) };
}

describe('an input', () => {
  let started: LargeServer;
  beforeAll(async () => {
    started = await startLarge('echoes', ['--retention', '1', '--max-body-bytes', String(101 * MiB)]);
  });
  afterAll(() => stopLarge(started));

  it('of 100 MiB comes back in little memory, and others are served meanwhile', async () => {
    const { url, pid } = started.server;
    const head = '{"id":"large","input":{"data":[';
    const tail = '0]}}';
    const lines = Math.floor((100 * MiB) / LINE.length);
    const bytes = head.length + lines * LINE.length + tail.length;
    const upload = slowUpload(`${url}/predictions`, { bytes });
    await upload.send(head);
    for (let i = 0; i < lines; i++) {
      await upload.send(LINE);
      // Half of it is there, and the rest is late.
      if (i === lines / 2) expect((await fetch(`${url}/health-check`)).status).toBe(200);
    }
    await upload.send(tail);
    const { status, body } = await upload.finish();
    expect([status, body.length > 100 * MiB - LINE.length]).toEqual([200, true]);
    const output = Buffer.from(`"output":{"data":[${LINE}${LINE}`);
    expect(body.indexOf(output)).toBeGreaterThan(0);
    expect(peakBytes(pid)).toBeLessThan(SERVER_PEAK_MAX);
    // Input and output, for as long as they can be asked for.
    await onDisk(started, { named: 0, nameless: 2 });
  });

  it('is shown as it came: GET, PUT and events, and under /v1', async () => {
    const { url } = started.server;
    const input = `{\n "text": "${TEXT}",\r\n "break": "\u2028", "n": 1e2 }`;
    const created = await send(url, `{"input": ${input}, "version": "v"}`, '/v1/predictions', {
      prefer: 'wait',
    });
    expect(created).toMatchObject({ status: 201, body: { version: 'v', status: 'succeeded' } });
    const { id } = created.body;
    const expected = JSON.parse(input);
    for (const path of [`/predictions/${id}`, `/v1/predictions/${id}`]) {
      const shown = (await (await fetch(`${url}${path}`)).json()) as { input: unknown; output: unknown };
      expect([shown.input, shown.output]).toEqual([expected, expected]);
    }
    const attached = await send(url, `{"input": ${input}}`, `/predictions/${id}`).catch(() => null);
    expect(attached?.status).toBe(405);
    const client = await EventClient.open(`${url}/predictions/${id}/stream`);
    expect(await client.ended).toBe('ended');
    expect(client.events.at(-1)?.data).toMatchObject({ input: expected, output: expected });
    await onDisk(started, { named: 0, nameless: 2 });
  });

  it('that is small is kept in memory, however large the rest of the body', async () => {
    const { url } = started.server;
    const { status, body } = await send(url, `{"junk":"${TEXT}","input":{"a":1}}`);
    expect([status, body.output]).toEqual([200, { a: 1 }]);
    await onDisk(started, NOTHING);
  });

  it('leaves nothing when its client leaves in the middle', async () => {
    const upload = slowUpload(`${started.server.url}/predictions`, { bytes: 10 * MiB });
    await upload.send(`{"input":{"text":"${TEXT}`);
    await onDisk(started, { named: 1, nameless: 0 });
    upload.leave();
    await onDisk(started, NOTHING);
  });

  it('leaves nothing when it turns out to be too large, in chunks or by its header', async () => {
    const { url } = started.server;
    const chunked = slowUpload(`${url}/predictions`);
    for (let i = 0; i < 52; i++) await chunked.send(TEXT);
    expect(await chunked.finish()).toMatchObject({ status: 413 });
    const declared = slowUpload(`${url}/predictions`, { bytes: 102 * MiB });
    await declared.send('{');
    expect(await declared.finish()).toMatchObject({ status: 413 });
    await onDisk(started, NOTHING);
  });
});

describe('a schema', () => {
  let started: LargeServer;
  beforeAll(async () => {
    started = await startLarge('Strict', ['--retention', '1']);
  });
  afterAll(() => stopLarge(started));

  it('refuses a large input as it refuses a small one', async () => {
    const { url } = started.server;
    const inputs = [
      (more: string) => `{"text":"y"${more}}`,
      (more: string) => `{"a":1${more}}`,
      (more: string) => `{"text":1,"key":2${more}}`,
    ];
    for (const input of inputs) {
      const small = await send(url, `{"input":${input('')}}`);
      expect(small.status).toBe(422);
      expect(await send(url, `{"input":${input(`,"unknown":"${TEXT}"`)}}`)).toEqual(small);
    }
    expect(await send(url, `{"input":["${TEXT}"]}`)).toEqual(await send(url, '{"input":[1]}'));
    await onDisk(started, NOTHING);
  });

  it('lets it through without what is unknown, and its secrets are not shown', async () => {
    const { url } = started.server;
    const { status, body } = await send(
      url,
      `{"id":"secret","input":{"text":"${TEXT}","key":"hidden","other":[1]}}`,
    );
    expect([status, body.output]).toEqual([200, { length: TEXT.length, key: 'hidden' }]);
    expect(body.logs).toContain('Ignoring unknown input "other"');
    const shown = (await (await fetch(`${url}/predictions/secret`)).json()) as { input: object };
    expect(shown.input).toEqual({ text: TEXT, key: '**********' });
    await onDisk(started, { named: 0, nameless: 1 });
  });

  it('is not asked where the body is broken, or an id is in use', async () => {
    const { url } = started.server;
    expect(await send(url, `{"input":{"text":"${TEXT}"},}`)).toEqual({
      status: 400,
      body: {
        code: 'PAWL_BODY_NOT_JSON',
        error: `The request body is not valid JSON: unexpected text at line 1, column ${TEXT.length + 22}.`,
      },
    });
    expect(await send(url, `{"id":"secret","input":{"text":"y${TEXT}"}}`)).toMatchObject({
      status: 409,
      body: { code: 'PAWL_ID_IN_USE' },
    });
    for (const type of ['text/plain', 'none'])
      expect(await send(url, TEXT, '/predictions', { 'content-type': type })).toMatchObject({ status: 415 });
    await onDisk(started, { named: 0, nameless: 1 });
  });
});

describe('of a prediction with a large input nothing is left', () => {
  let started: LargeServer;
  beforeAll(async () => {
    started = await startLarge('holds', ['--retention', '0', '--queue', '1']);
  });
  afterAll(() => stopLarge(started));
  const begin = async (id: string) => {
    const { url } = started.server;
    const created = await send(url, `{"id":"${id}","input":{"text":"${TEXT}"}}`, '/predictions', {
      prefer: 'respond-async',
    });
    expect(created.status).toBe(202);
  };
  const cancel = (id: string) => fetch(`${started.server.url}/predictions/${id}/cancel`, { method: 'POST' });

  it('when it is canceled, in the queue or while it runs', async () => {
    await begin('runs');
    await onDisk(started, { named: 0, nameless: 1 });
    await begin('waits');
    // It waits under its name, for its worker.
    await onDisk(started, { named: 1, nameless: 1 });
    await cancel('waits');
    await onDisk(started, { named: 0, nameless: 1 });
    await cancel('runs');
    await onDisk(started, NOTHING);
  });

  it('when there is no room for it', async () => {
    await begin('runs');
    await begin('waits');
    const refused = await send(started.server.url, `{"input":{"text":"${TEXT}"}}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'PAWL_AT_CAPACITY' } });
    await cancel('waits');
    await cancel('runs');
    await onDisk(started, NOTHING);
  });

  it('when its worker crashes', async () => {
    await begin('runs');
    await onDisk(started, { named: 0, nameless: 1 });
    const workers = childrenOf(started.server.pid).filter((pid) => peakBytes(pid) > 0);
    for (const worker of workers) process.kill(worker, 'SIGKILL');
    await onDisk(started, NOTHING);
  });
});

describe('while a body is checked', () => {
  const during = async (name: string, act: (started: LargeServer, checker: number) => Promise<unknown>) => {
    const started = await startLarge(name);
    const { pid } = started.server;
    onTestFinished(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    const first = slowUpload(`${started.server.url}/predictions`, { bytes: 2 * TEXT.length });
    await first.send(TEXT);
    const checker = await checkerOf(started);
    first.leave();
    await onDisk(started, NOTHING);
    process.kill(checker, 'SIGSTOP');
    const checked = send(started.server.url, `{"input":{"text":"${TEXT}"}}`).catch(() => null);
    await onDisk(started, { named: 1, nameless: 0 });
    await eventually('the whole body', () => (hasOpen(started.server.pid, started.workDir) ? null : true));
    // It is handed to the process before anything is answered that was asked now.
    for (let i = 0; i < 2; i++) await fetch(`${started.server.url}/livez`);
    await act(started, checker);
    return { started, checked, checker };
  };

  it('the predictor may change: the client is told to come again', async () => {
    const { started, checked } = await during('Changes', async ({ server }, checker) => {
      const worker = childrenOf(server.pid).find((pid) => pid !== checker) ?? 0;
      const document = async () => (await fetch(`${server.url}/openapi.json`)).text();
      const before = await document();
      process.kill(worker, 'SIGKILL');
      await eventually('another predictor', async () => ((await document()) === before ? null : true));
      process.kill(checker, 'SIGCONT');
    });
    expect(await checked).toMatchObject({ status: 503, body: { code: 'PAWL_NOT_READY', status: 'failed' } });
    const again = await send(started.server.url, `{"input":{"text":"${TEXT}"}}`);
    expect(again).toMatchObject({ status: 200, body: { output: TEXT.length } });
    await stopLarge(started);
  });

  it('its process may be killed: the next body is checked by another', async () => {
    const { started, checked } = await during('echoes', async (_started, checker) => {
      process.kill(checker, 'SIGKILL');
    });
    expect(await checked).toMatchObject({ status: 413, body: { error: expect.stringContaining('SIGKILL') } });
    expect((await send(started.server.url, `{"input":{"text":"${TEXT}"}}`))?.status).toBe(200);
    await stopLarge(started);
  });

  it('the server may be killed: neither its process nor a file stays', async () => {
    const { started, checked, checker } = await during('echoes', async ({ server }, pid) => {
      process.kill(server.pid, 'SIGKILL');
      process.kill(pid, 'SIGCONT');
    });
    expect(await checked).toBeNull();
    await eventually('its end', () => (isAlive(checker) ? null : true));
    await eventually('an empty disk', () => (readdirSync(started.workDir).length === 0 ? true : null));
    rmSync(started.workDir, { recursive: true });
  });
});

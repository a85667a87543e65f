import Replicate, { type Prediction, validateWebhook } from 'replicate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FileServer, serveRequests } from '../helpers/file-server.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTORS = 'test/fixtures/predictors/replicate.mjs';
const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ....').toString('base64')}`;
const MODEL = 'somebody/model';
const VERSION = `${MODEL}:5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa`;

const clientOf = (server: RunningServer, options: ConstructorParameters<typeof Replicate>[0] = {}) =>
  new Replicate({ baseUrl: `${server.url}/v1`, auth: 'unused', ...options });

describe("Replicate's client", () => {
  let server: RunningServer;
  let replicate: Replicate;
  beforeAll(async () => {
    server = await startServer(`${PREDICTORS}:text`, { env: { PAWL_WEBHOOK_SECRET: SECRET } });
    replicate = clientOf(server);
  });
  afterAll(() => server.stop());

  const untilEnded = (id: string) =>
    eventually('the end', async () => {
      const prediction = await replicate.predictions.get(id);
      return prediction.completed_at == null ? null : prediction;
    });

  it.each([MODEL, VERSION] as const)('run(%j) gives the output', async (model) => {
    expect(await replicate.run(model, { input: { prompt: 'to be' } })).toEqual(['to\n', 'be\n']);
  });

  it('run() that waits shorter than the prediction takes polls for the rest', async () => {
    const input = { prompt: 'late', seconds: 1.5 };
    const seen: string[] = [];
    const progress = ({ status }: Prediction) => void seen.push(status);
    const output = await replicate.run(VERSION, { input, wait: { mode: 'block', timeout: 1 } }, progress);
    expect(output).toEqual(['late\n']);
    expect(seen[0]).toBe('starting');
    expect(seen.at(-1)).toBe('succeeded');
  });

  it('run() that polls reports what there is so far', async () => {
    const seen: Prediction[] = [];
    const input = { prompt: 'a b', seconds: 0.7 };
    const wait = { mode: 'poll', interval: 50 } as const;
    await replicate.run(MODEL, { input, wait }, (prediction) => void seen.push(prediction));
    expect(seen.some(({ status, output }) => status === 'processing' && output?.length === 2)).toBe(true);
    expect(seen.at(-1)).toMatchObject({ status: 'succeeded', logs: 'asked for a b\n', error: null });
  });

  it('run() throws what the predictor threw', async () => {
    const input = { prompt: 'x', how: 'fails' };
    await expect(replicate.run(MODEL, { input })).rejects.toThrow(
      'Prediction failed: TypeError: no more words',
    );
  });

  it('run() that is aborted cancels the prediction', async () => {
    const abort = new AbortController();
    let id = '';
    const wait = { mode: 'poll', interval: 50 } as const;
    const options = { input: { prompt: 'x', seconds: 60 }, wait, signal: abort.signal };
    await replicate.run(MODEL, options, (prediction) => {
      id = prediction.id;
      if (prediction.status === 'processing') abort.abort();
    });
    expect(await untilEnded(id)).toMatchObject({ status: 'canceled' });
  });

  it('predictions.create() answers at once, with everything a prediction has', async () => {
    const created = await replicate.predictions.create({
      version: VERSION,
      input: { prompt: 'x', seconds: 60 },
    });
    const { id } = created;
    expect(created).toMatchObject({
      status: 'starting',
      version: VERSION,
      output: null,
      error: null,
      completed_at: null,
      urls: {
        get: `${server.url}/v1/predictions/${id}`,
        cancel: `${server.url}/v1/predictions/${id}/cancel`,
        stream: `${server.url}/v1/predictions/${id}/stream`,
      },
    });
    const canceled = await replicate.predictions.cancel(id);
    expect(canceled.id).toBe(id);
    const ended = await untilEnded(id);
    expect(ended.status).toBe('canceled');
    // Also after the end.
    expect(await replicate.predictions.cancel(id)).toMatchObject({ id, status: 'canceled' });
  });

  it('wait() resolves with the end', async () => {
    const created = await replicate.predictions.create({
      model: MODEL,
      input: { prompt: 'x', seconds: 0.3 },
    });
    expect(await replicate.wait(created, { interval: 50 })).toMatchObject({
      status: 'succeeded',
      model: MODEL,
    });
  });

  it('stream() gives the chunks as text, as they come, and says that it is done', async () => {
    const events: [string, string][] = [];
    for await (const { event, data } of replicate.stream(VERSION, {
      input: { prompt: 'to be or', seconds: 0.3 },
    })) {
      events.push([event, data]);
    }
    expect(events).toEqual([
      ['output', 'to\n'],
      ['output', 'be\n'],
      ['output', 'or\n'],
      ['done', '{}'],
    ]);
  });

  it('stream() gives other chunks as JSON', async () => {
    const chunks: string[] = [];
    for await (const event of replicate.stream(MODEL, { input: { prompt: 'a', how: 'objects' } })) {
      if (event.event === 'output') chunks.push(event.toString());
    }
    expect(chunks).toEqual(['{"word":"a"}']);
  });

  it('stream() fails with what the predictor threw', async () => {
    const texts: string[] = [];
    const read = async () => {
      for await (const event of replicate.stream(MODEL, { input: { prompt: 'x', how: 'fails' } })) {
        texts.push(event.toString());
      }
    };
    await expect(read()).rejects.toThrow('TypeError: no more words');
  });

  it('a canceled stream says so', async () => {
    const { id, urls } = await replicate.predictions.create({
      model: MODEL,
      input: { prompt: 'x', seconds: 60 },
    });
    const answer = fetch(urls.stream ?? '').then((response) => response.text());
    await eventually('the prediction runs', async () => {
      return (await replicate.predictions.get(id)).status === 'processing' ? true : null;
    });
    await replicate.predictions.cancel(id);
    expect(await answer).toMatch(/event: done\ndata: {"reason":"canceled"}\n\n$/);
  });

  it('list() gives pages, newest first', async () => {
    const { id } = await replicate.predictions.create({ model: MODEL, input: { prompt: 'x' } });
    const { results } = await replicate.predictions.list();
    expect(results[0]?.id).toBe(id);
    let count = 0;
    for await (const page of replicate.paginate(replicate.predictions.list)) count += page.length;
    expect(count).toBeGreaterThanOrEqual(results.length);
  });

  it('validateWebhook() accepts what was sent', async () => {
    const received: { headers: Record<string, string>; body: string }[] = [];
    const receiver: FileServer = await serveRequests((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        received.push({ headers: request.headers as Record<string, string>, body });
        response.end();
      });
    });
    try {
      const webhook = `${receiver.url}/hook`;
      const input = { prompt: 'x' };
      await replicate.predictions.create({
        model: MODEL,
        input,
        webhook,
        webhook_events_filter: ['completed'],
      });
      const hook = await eventually('a webhook', () => received[0]);
      expect(JSON.parse(hook.body)).toMatchObject({ status: 'succeeded', output: ['x\n'] });
      const parts = {
        id: hook.headers['webhook-id'] ?? '',
        timestamp: hook.headers['webhook-timestamp'] ?? '',
        signature: hook.headers['webhook-signature'] ?? '',
        secret: SECRET,
      };
      expect(await validateWebhook({ ...parts, body: hook.body })).toBe(true);
      expect(await validateWebhook({ ...parts, body: `${hook.body} ` })).toBe(false);
    } finally {
      await receiver.close();
    }
  });

  it('is told what is wrong with an input', async () => {
    const failure = await replicate.predictions.create({ model: MODEL, input: {} }).catch((error) => error);
    expect(failure.response.status).toBe(422);
    expect(failure.message).toContain('"invalid_fields":[{"type":"required","field":"input.prompt"');
  });

  it('is told that a prediction is not known', async () => {
    const failure = await replicate.predictions.get('nothing').catch((error) => error);
    expect(failure.response.status).toBe(404);
    expect(failure.message).toContain('"title":"Not Found"');
  });

  it('at capacity 429 says when to come again; the client itself asks six times without a pause', async () => {
    const input = { prompt: 'x', seconds: 60 };
    const running = await Promise.all(
      [1, 2].map(() => replicate.predictions.create({ model: MODEL, input })),
    );
    const failure = await replicate.predictions.create({ model: MODEL, input }).catch((error) => error);
    expect(failure.response.status).toBe(429);
    expect(Number(failure.response.headers.get('retry-after'))).toBeGreaterThan(0);
    await Promise.all(running.map(({ id }) => replicate.predictions.cancel(id)));
  });
});

describe("Replicate's client and a queue", () => {
  it('waits its turn', async () => {
    const args = ['--queue', '8', '--concurrency', '1'];
    const server = await startServer(`${PREDICTORS}:text`, { args });
    try {
      const replicate = clientOf(server);
      const input = { prompt: 'x', seconds: 0.2 };
      const all = [1, 2, 3, 4].map(() => replicate.run(MODEL, { input }));
      expect(await Promise.all(all)).toEqual([1, 2, 3, 4].map(() => ['x\n']));
    } finally {
      await server.stop();
    }
  });
});

describe("files of Replicate's client", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer(`${PREDICTORS}:shout`, { args: ['--concurrency', '1'] });
  });
  afterAll(() => server.stop());

  // `data-uri` of this release of the client sends the client itself instead of the input.
  it.each(['default', 'upload'] as const)('input by the strategy %s', async (strategy) => {
    const replicate = clientOf(server, { fileEncodingStrategy: strategy });
    const input = { file: new Blob(['quiet'], { type: 'text/plain' }), more: [Buffer.from('words')] };
    const output = await replicate.run(MODEL, { input });
    const blob = await (output as unknown as { blob(): Promise<Blob> }).blob();
    expect(await blob.text()).toBe('QUIET WORDS');
    expect(String((output as { url(): URL }).url())).toMatch(/^data:text\/plain;base64,/);
  });

  it('input as data URL', async () => {
    const replicate = clientOf(server, { useFileOutput: false });
    const file = `data:text/plain;base64,${Buffer.from('quiet').toString('base64')}`;
    const output = await replicate.run(MODEL, { input: { file } });
    expect(output).toBe(`data:text/plain;base64,${Buffer.from('QUIET').toString('base64')}`);
  });

  it('files.create() answers a file that is an input by its URL', async () => {
    const replicate = clientOf(server, { useFileOutput: false });
    const file = await replicate.files.create(new File(['quiet'], 'quiet.txt', { type: 'text/plain' }));
    expect(file).toMatchObject({ name: 'quiet.txt', content_type: 'text/plain', size: 5 });
    expect(file.urls.get).toBe(`${server.url}/v1/files/${file.id}`);
    const output = await replicate.run(MODEL, { input: { file: file.urls.get } });
    expect(output).toBe(`data:text/plain;base64,${Buffer.from('QUIET').toString('base64')}`);
    expect(await replicate.files.get(file.id)).toMatchObject({ id: file.id });
    expect(await replicate.files.delete(file.id)).toBe(true);
  });

  it('a predictor without event streams offers none', async () => {
    const replicate = clientOf(server);
    const created = await replicate.predictions.create({
      model: MODEL,
      input: { file: 'data:text/plain;base64,eA==' },
    });
    expect(created.urls).not.toHaveProperty('stream');
  });
});

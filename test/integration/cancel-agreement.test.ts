// One canceled prediction, seen from every side.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

type Body = Readonly<Record<string, unknown>>;

describe('a canceled prediction', () => {
  let server: RunningServer;

  beforeAll(async () => {
    const args = ['--cancel-grace', '0.05', '--cancel-term', '0.2', '--cancel-kill', '1'];
    server = await startServer('test/fixtures/predictors/stuck.mjs', { args });
  });
  afterAll(() => server.stop());

  async function ask(method: string, path: string, body?: object): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  it.each(['generator', 'swallowedBoundary', 'subprocess', 'promise', 'nativeCode'])(
    'by way of %s is the same in its answer, for GET, for PUT and in the list',
    async (how) => {
      const id = `same-${how}`;
      await eventually('a worker is ready', async () =>
        (await ask('GET', '/health-check')).body.status === 'READY' ? true : null,
      );
      const input = { how };
      const answered = ask('POST', '/predictions', { id, input });
      await eventually('it is stuck', async () =>
        String((await ask('GET', `/predictions/${id}`)).body.logs).includes('stuck') ? true : null,
      );
      const acknowledged = await ask('POST', `/predictions/${id}/cancel`);
      expect(acknowledged).toMatchObject({ status: 200, body: { id } });
      const answer = await answered;
      expect(answer).toMatchObject({ status: 200, body: { id, status: 'canceled' } });
      expect(answer.body).toMatchObject({ logs: expect.stringMatching(/^stuck\n/), metrics: { cancel: {} } });
      const seen = [
        await ask('GET', `/predictions/${id}`),
        await ask('PUT', `/predictions/${id}`, { input: { how: 'loop' } }),
        { status: 200, body: ((await ask('GET', '/predictions')).body.results as Body[])[0] },
      ];
      // The answer to the request that brought the input does not repeat it.
      for (const { status, body } of seen) {
        expect(status).toBe(200);
        expect(body).toEqual({ ...answer.body, input });
      }
      expect(await ask('POST', `/predictions/${id}/cancel`)).toMatchObject({ status: 404 });
    },
  );
});

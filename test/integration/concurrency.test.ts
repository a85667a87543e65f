import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

describe('eight async predictions in one worker', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/concurrent.mjs');
  });
  afterAll(() => server.stop());

  it('run together, and each log holds its own lines only', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `p${i}`);
    const answers = await Promise.all(names.map((name) => predict(server.url, { name, party: 8 })));
    answers.forEach(({ status, body }, i) => {
      const name = `p${i}`;
      expect(status).toBe(200);
      expect(body.output).toEqual([`${name} one`, `${name} two`]);
      const lines = (body.logs ?? '').trimEnd().split('\n');
      expect(lines.filter((line) => !line.startsWith(`${name} `))).toEqual([]);
      for (const part of ['start', 'immediate', 'microtask', 'in an emitter', 'between', 'end']) {
        expect(lines).toContain(`${name} ${part}`);
      }
    });
  });
});

describe('a listener of scope.signal', () => {
  it('writes into the log of its own prediction while others run', async () => {
    const predictor = 'test/fixtures/predictors/races.mjs:manySlots';
    const server = await startServer(predictor, { args: ['--concurrency', '8'] });
    const logsOf = async (id: string) => (await getPrediction(server.url, id)).body.logs;
    try {
      const ids = await Promise.all(
        ['a', 'b'].map(async (tag) => {
          const { body } = await predict(server.url, { way: 'listens', tag }, { prefer: 'respond-async' });
          await eventually(`${tag} listens`, async () => ((await logsOf(body.id)) === '' ? null : true));
          return body.id;
        }),
      );
      for (const [i, id] of ids.entries()) {
        await fetch(`${server.url}/predictions/${id}/cancel`, { method: 'POST' });
        await eventually('the end', async () => {
          const { body } = await getPrediction(server.url, id);
          return body.status === 'canceled' ? true : null;
        });
        const tag = ['a', 'b'][i];
        expect(await logsOf(id)).toBe(`${tag} listens\n${tag} heard\n`);
      }
    } finally {
      await server.stop();
    }
  });
});

describe('concurrency that the predictor cannot give', () => {
  it('is a setup error that names --workers', async () => {
    const server = await startServer('test/fixtures/predictors/writes.mjs', {
      args: ['--concurrency', '4'],
      until: 'listening',
    });
    try {
      let setup = { status: '', logs: '' };
      while (setup.status !== 'failed') {
        const report = (await (await fetch(`${server.url}/health-check`)).json()) as { setup: typeof setup };
        setup = report.setup;
      }
      expect(setup.logs).toContain('concurrency 4 needs an async predict()');
      expect(setup.logs).toContain('--workers 4');
    } finally {
      await server.stop();
    }
  });
});

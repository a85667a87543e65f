// Eight predictions at once in one worker. The overlap is proved, not timed: the pages are served only when all eight
// have been asked for, so predictions that ran one after the other would never end.
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FileServer, serveRequests } from '../helpers/file-server.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const SLOTS = 8;

describe('examples/concurrent', () => {
  let server: RunningServer;
  let site: FileServer;
  const waiting: { readonly name: string; readonly response: ServerResponse }[] = [];
  const sendAll = () => {
    for (const { name, response } of waiting.splice(0)) {
      response.end(`<html><title>Page ${name}</title><a href="/">home</a> <a href="#top">top</a></html>`);
    }
  };
  beforeAll(async () => {
    site = await serveRequests((request, response) => {
      const name = (request.url ?? '').slice(1);
      if (name === 'gone') {
        response.writeHead(410).end();
        return;
      }
      waiting.push({ name, response });
      if (waiting.length === SLOTS) sendAll();
    });
    server = await startServer('examples/concurrent/predict.ts');
  });
  afterAll(async () => {
    await site?.close();
    await server?.stop();
  });

  it('runs eight predictions in one worker at the same time, each with a log of its own', async () => {
    const names = Array.from({ length: SLOTS }, (_, index) => `p${index}`);
    const answers = await Promise.all(
      names.map((name) => predict(server.url, { url: `${site.url}/${name}` })),
    );
    for (const [index, { status, body }] of answers.entries()) {
      const url = `${site.url}/p${index}`;
      expect(status).toBe(200);
      expect(body.output).toMatchObject({ url, title: `Page p${index}`, links: 2 });
      expect((body.logs ?? '').trimEnd().split('\n')).toEqual([
        `asking ${url} (1 of 2)`,
        `${url} answered 200`,
        `${url} is called Page p${index}`,
      ]);
    }
    const atOnce = answers.map(({ body }) => (body.output as { at_once: number }).at_once);
    expect(Math.max(...atOnce)).toBe(SLOTS);
  });

  it('asks again, and then fails with what the site said', async () => {
    const url = `${site.url}/gone`;
    const { body } = await predict(server.url, { url, tries: 2 });
    expect(body.status).toBe('failed');
    expect(body.error).toContain(`${url} answered 410`);
    expect(body.logs?.match(/^asking /gm)).toHaveLength(2);
  });
});

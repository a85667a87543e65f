// A store that sends an upload elsewhere, and what each server makes of it: nothing that an exchange with a
// client would show.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Coglet, startCoglet } from '../helpers/coglet.ts';
import { serveRequests } from '../helpers/file-server.ts';
import { missingPython } from '../helpers/python.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const TWINS = fileURLToPath(new URL('../fixtures/twins/twins.mjs', import.meta.url));
const missing = await missingPython();

interface Arrival {
  readonly method: string | undefined;
  readonly bytes: number;
}

/** What arrives at the place that every upload is sent on to. */
async function arrivals(
  status: number,
  start: (uploadUrl: string) => Promise<Coglet | RunningServer>,
): Promise<{ arrived: Arrival[]; body: { status: string; output?: string } }> {
  const arrived: Arrival[] = [];
  const store = await serveRequests(async (request, response) => {
    let bytes = 0;
    for await (const piece of request) bytes += piece.length;
    if (request.url?.startsWith('/moved') === true) {
      arrived.push({ method: request.method, bytes });
      response.writeHead(200).end();
    } else response.writeHead(status, { location: '/moved/file.txt' }).end();
  });
  const server = await start(`${store.url}/up/`);
  try {
    const answer = await fetch(`${server.url}/predictions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"input":{}}',
    });
    return { arrived, body: (await answer.json()) as { status: string; output?: string } };
  } finally {
    await server.stop();
    await store.close();
  }
}

describe.skipIf(missing !== null)(
  `an upload that is redirected${missing === null ? '' : ` (${missing})`}`,
  () => {
    const cog = (uploadUrl: string) => startCoglet('OneFile', { args: ['--upload-url', uploadUrl] });
    const pawl = (uploadUrl: string) =>
      startServer(`${TWINS}:OneFile`, { args: ['--upload-url', uploadUrl] });

    const both = (status: number) => Promise.all([arrivals(status, cog), arrivals(status, pawl)]);

    it.each([301, 302, 307, 308])(
      'with %i is made again at the new place, with the whole file',
      async (status) => {
        for (const { arrived, body } of await both(status)) {
          expect(arrived).toEqual([{ method: 'PUT', bytes: 'one file'.length }]);
          expect(body).toMatchObject({
            status: 'succeeded',
            output: expect.stringMatching(/\/moved\/file\.txt$/),
          });
        }
      },
    );

    it('with 303 has been taken: Cog still asks for the new place, Pawl does not', async () => {
      const [theirs, ours] = await both(303);
      expect([theirs.arrived, ours.arrived]).toEqual([[{ method: 'GET', bytes: 0 }], []]);
      for (const { body } of [theirs, ours]) {
        expect(body).toMatchObject({
          status: 'succeeded',
          output: expect.stringMatching(/\/moved\/file\.txt$/),
        });
      }
    });
  },
);

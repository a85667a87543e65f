import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type FileServer, serveRequests } from '../helpers/file-server.ts';
import { predict } from '../helpers/predictions.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/shapes.ts';

let files: FileServer;
let port: string;
let requests: string[];
const servers: RunningServer[] = [];

beforeAll(async () => {
  requests = [];
  files = await serveRequests((request, response) => {
    requests.push(`${request.headers.host} ${request.url}`);
    const [, target] = /^\/to\/(.*)$/.exec(request.url ?? '') ?? [];
    if (target !== undefined) response.writeHead(302, { location: decodeURIComponent(target) }).end();
    else response.writeHead(200, { 'content-type': 'image/png' }).end('abc');
  });
  port = new URL(files.url).port;
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  await files.close();
});

async function start(...args: string[]): Promise<RunningServer> {
  const server = await startServer(PREDICTOR, { args });
  servers.push(server);
  return server;
}

function createWithHook({ url }: RunningServer, webhook: string): Promise<Response> {
  return fetch(`${url}/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({ input: { prompt: 'x' }, webhook }),
  });
}

async function outcome(server: RunningServer, image: string): Promise<unknown> {
  const { body } = await predict(server.url, { prompt: 'x', image });
  return body.status === 'succeeded' ? body.output : body.error;
}

it('with --url-access public, no input file comes from and no webhook goes to an address of this machine or its network', async () => {
  const server = await start('--url-access', 'public');
  const refused = expect.stringMatching(
    /: its host is not on the public Internet, and --url-access is public/,
  );
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    expect(await outcome(server, `http://${host}:${port}/cat.png`)).toEqual(refused);
  }
  // A URL that says it by itself is refused at once; a name shows where it leads when the webhook goes.
  expect((await createWithHook(server, `${files.url}/hook`)).status).toBe(422);
  expect((await createWithHook(server, `http://localhost:${port}/hook`)).status).toBe(202);
  const refusal = 'the webhook for the end of a prediction was not delivered';
  await eventually('the delivery is given up', () => (server.stderr().includes(refusal) ? true : null));
  expect(requests).toEqual([]);
  expect(await outcome(server, 'data:image/png;base64,YWJj')).toBe('file.png image/png 3');
});

it('with --url-access listed, it comes from the hosts of --url-hosts, on every hop', async () => {
  const server = await start('--url-access', 'listed', '--url-hosts', `127.0.0.1:${port},*.example.com`);
  expect(await outcome(server, `${files.url}/cat.png`)).toBe('cat.png image/png 3');
  const elsewhere = `http://localhost:${port}/inner.png`;
  for (const image of [elsewhere, `${files.url}/to/${encodeURIComponent(elsewhere)}`]) {
    expect(await outcome(server, image)).toMatch(/: its host is not in --url-hosts/);
  }
  expect(requests.filter((request) => request.startsWith('localhost'))).toEqual([]);
});

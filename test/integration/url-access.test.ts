import { afterAll, beforeAll, expect, it } from 'vitest';
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

async function outcome(server: RunningServer, image: string): Promise<unknown> {
  const { body } = await predict(server.url, { prompt: 'x', image });
  return body.status === 'succeeded' ? body.output : body.error;
}

it('with --url-access public, an input file comes from no address of this machine or network', async () => {
  const server = await start('--url-access', 'public');
  const refused = expect.stringMatching(
    /: its host is not on the public Internet, and --url-access is public/,
  );
  for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    expect(await outcome(server, `http://${host}:${port}/cat.png`)).toEqual(refused);
  }
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

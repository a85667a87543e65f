// What user code does to end its process fails its prediction and nothing else; what it starts sees nothing of ours.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { getPrediction, predict } from '../helpers/predictions.ts';
import { childrenOf } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const LOOK = 'ls /proc/$$/fd; readlink /proc/$$/fd/0';
const LOOKER = fileURLToPath(new URL('../fixtures/predictors/subprocesses/looker.mjs', import.meta.url));
const dir = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));

afterAll(() => rmSync(dir, { recursive: true }));

describe.each([
  ['a worker with one slot', '1'],
  ['a worker with eight slots', '8'],
])('in %s', (_, slots) => {
  let server: RunningServer;
  let worker: number;

  beforeAll(async () => {
    server = await startServer('test/fixtures/predictors/contained.mjs', { args: ['--concurrency', slots] });
    [worker = 0] = childrenOf(server.pid);
  });
  afterAll(() => server.stop());

  const run = async (how: string) => (await predict(server.url, { how, name: how })).body;
  const begin = async (until: string) => {
    const { body } = await predict(
      server.url,
      { how: 'neighbour', name: 'n', until },
      { prefer: 'respond-async' },
    );
    await eventually('the neighbour', async () =>
      (await getPrediction(server.url, body.id)).body.logs === 'n begins\n' ? true : null,
    );
    return body.id;
  };

  it.each([
    ['exit', /^SystemExit: process\.exit\(3\) was called$/],
    ['abort', /^SystemExit: process\.abort\(\) was called$/],
    ['swallowedAbort', /^SystemExit: process\.abort\(\) was called$/],
    ['exitInTimer', /^SystemExit: process\.exit\(4\) was called$/],
    ['throwInTimer', /^Error: thrown in a timer$/],
    ['throwInListener', /^Error: thrown in a listener$/],
    ['uncaughtEvent', /^Error: nobody listens$/],
    ['rejection', /^Error: nobody handles this$/],
  ])('%s fails its own prediction, with the stack in its log', async (how, error) => {
    const until = path.join(dir, `${how}-${slots}`);
    const neighbour = slots === '1' ? null : await begin(until);
    const body = await run(how);
    expect(body.status).toBe('failed');
    expect(body.error).toMatch(error);
    expect(body.logs).toMatch(new RegExp(`^${how} begins\\n`));
    expect(body.logs).toMatch(/contained\.mjs:\d+:\d+/);
    if (neighbour !== null) {
      writeFileSync(until, '');
      const ended = await eventually('its end', async () => {
        const seen = (await getPrediction(server.url, neighbour)).body;
        return seen.status === 'processing' ? null : seen;
      });
      expect(ended).toMatchObject({ status: 'succeeded', output: 'n', logs: 'n begins\nn ends\n' });
    }
    expect(childrenOf(server.pid)).toEqual([worker]);
  });

  // Whoever runs the tests may have left descriptors open for everything below.
  const inherited = spawnSync('sh', ['-c', LOOK], { stdio: ['ignore', 'pipe', 'pipe'] }).stdout.toString();

  it.each(['spawn', 'spawnSync', 'execSync', 'execFileSync', 'grandchild'])(
    'what %s starts has no descriptor of ours, and nothing to read',
    async (how) => {
      expect(inherited).toMatch(/^0\n1\n2\n[\s\S]*\/dev\/null\n$/);
      expect((await run(how)).logs).toBe(inherited);
    },
  );

  it.each(['exec', 'execFile'])('what %s starts has no descriptor of ours', async (how) => {
    const descriptors = (text: unknown) =>
      String(text)
        .split('\n')
        .filter((line) => /^\d+$/.test(line));
    expect(descriptors((await run(how)).output)).toEqual(descriptors(inherited));
  });

  it('what fork starts has its channel, and no other pipe or socket that a program does not make itself', async () => {
    const child = fork(LOOKER, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const [alone] = (await once(child, 'message')) as [{ found: { target: string }[] }];
    const kinds = (found: readonly { target: string }[]) =>
      found.map(({ target }) => target.replace(/\d+/, 'N')).sort();
    const { output } = await run('fork');
    const below = output as { stdin: string; found: { target: string }[] };
    expect(below.stdin).toBe('/dev/null');
    expect(kinds(below.found)).toEqual(kinds(alone.found));
  });
});

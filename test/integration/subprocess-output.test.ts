import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { predict } from '../helpers/predictions.ts';
import { isAlive } from '../helpers/processes.ts';
import { type RunningServer, startServer } from '../helpers/start-server.ts';

const PREDICTOR = 'test/fixtures/predictors/subprocesses.mjs';
const WAYS = [
  'spawnInherit',
  'spawnNumbers',
  'spawnStreams',
  'spawnSwapped',
  'spawnHigher',
  'spawnRequired',
  'spawnDetached',
  'spawnOwnEnv',
  'spawnGrandchild',
  'fork',
  'execa',
  'execaTee',
  'execaSync',
  'spawnSyncInherit',
  'spawnSyncShell',
  'spawnSyncRequired',
  'execFileSync',
  'execSync',
  'execSyncDefault',
  'execFileSyncDefault',
  'writeSync',
  'writeFileSync',
];

describe.each([
  ['eight predictions in one worker', 8],
  ['a worker with one slot', 1],
])('in %s', (_where, party) => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await startServer(PREDICTOR, { args: ['--concurrency', String(party)] });
  });
  afterAll(() => server.stop());

  it.each(WAYS)('what %s writes is in the log of its own prediction and in no other', async (way) => {
    const names = Array.from({ length: party }, (_, i) => `p${i}`);
    const answers = await Promise.all(
      names.map((name) => predict(server.url, { name, way, party, times: 2 })),
    );
    answers.forEach(({ body }, i) => {
      expect(body).toMatchObject({ status: 'succeeded' });
      const expected = [0, 1].flatMap((round) => [`p${i} ${round} err`, `p${i} ${round} out`]);
      expect((body.logs ?? '').trimEnd().split('\n').sort()).toEqual(expected);
    });
    // What found no prediction is in the server log with where it came from instead.
    const astray = server
      .stderr()
      .split('\n')
      .filter((line) => /"origin":.*p\d \d (?:out|err)/.test(line));
    expect(astray).toEqual([]);
  });

  it('callers get what they get from Node, errors included', async () => {
    const unpatched = (await import(String(new URL(`../../${PREDICTOR}`, import.meta.url)))) as {
      results(): Promise<unknown>;
    };
    const { body } = await predict(server.url, { way: 'results' });
    expect(body.output).toEqual(JSON.parse(JSON.stringify(await unpatched.results())));
  });

  it('the environment of a subprocess names its run, next to what the user put there', async () => {
    const { body } = await predict(server.url, { way: 'environment' });
    expect(body.output).toMatch(/^\d+\.\d+\.\d+\|yes$/);
  });

  it('a subprocess that is left over ends with its prediction', async () => {
    const pid = Number((await predict(server.url, { way: 'leftover' })).body.output);
    await eventually('the end of the leftover', () => (isAlive(pid) ? null : true));
  });

  it('one that is kept on purpose lives on, and writes to the server log', async () => {
    const { body } = await predict(server.url, { name: 'kept', way: 'kept' });
    const pid = Number(body.output);
    await eventually('its words', () => (server.stderr().includes('kept starts') ? true : null));
    expect(body.logs).toBe('');
    await predict(server.url, { way: 'environment' });
    expect(isAlive(pid)).toBe(true);
  });
});

describe('a server that stops', () => {
  it('takes what was kept with it', async () => {
    const server = await startServer(PREDICTOR);
    const pid = Number((await predict(server.url, { name: 'kept', way: 'kept' })).body.output);
    expect(isAlive(pid)).toBe(true);
    await server.stop();
    await eventually('the end of the kept subprocess', () => (isAlive(pid) ? null : true));
  });
});

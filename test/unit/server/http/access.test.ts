import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/log.ts';
import { limit } from '../../../../src/limits.ts';
import { AuthTokenFile } from '../../../../src/server/http/access/auth-tokens.ts';
import { fakeServer, post } from '../../../helpers/fake-server.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { RecordingLogger } from '../../../helpers/recording-logger.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'pawl-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function tokenFile(text: string): string {
  files += 1;
  const file = path.join(folder, `tokens-${files}`);
  writeFileSync(file, text);
  return file;
}

const guarded = () =>
  fakeServer({ config: { authTokenFile: tokenFile('first\nsecond\n') }, has: { train: true } });
const show = (authorization: string) => ({ authorization });

describe('a server with --auth-token-file', () => {
  it.each(['/health-check', '/livez', '/readyz', '/startupz'])(
    'serves GET and HEAD %s to everybody',
    async (url) => {
      const { ask } = guarded();
      for (const method of ['GET', 'HEAD'] as const)
        expect((await ask({ method, url })).statusCode).toBe(200);
    },
  );

  it.each([
    ['GET', '/'],
    ['HEAD', '/'],
    ['GET', '/openapi.json'],
    ['GET', '/predictions'],
    ['POST', '/predictions'],
    ['PUT', '/predictions/a'],
    ['GET', '/predictions/a'],
    ['POST', '/predictions/a/cancel'],
    ['GET', '/trainings'],
    ['POST', '/trainings'],
    ['PUT', '/trainings/a'],
    ['POST', '/trainings/a/cancel'],
    ['POST', '/shutdown'],
    ['GET', '/shutdown'],
    ['OPTIONS', '/predictions'],
    ['POST', '/health-check'],
    ['GET', '/no-such-path'],
    ['GET', '/livez/'],
    ['GET', '//livez'],
    ['GET', '/health-check%2f..%2fpredictions'],
  ] as const)('answers %s %s without a token by 401', async (method, url) => {
    const { app, fleet, ask } = guarded();
    const response = await ask({ method, url });
    expect(response.statusCode).toBe(401);
    expect(response.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/json',
    });
    const body = { error: expect.stringContaining('Authorization: Bearer TOKEN'), code: 'PAWL_UNAUTHORIZED' };
    if (method !== 'HEAD') expect(response.json()).toEqual(body);
    expect(fleet.slots.runs).toEqual([]);
    expect(app.engine.service.isDraining).toBe(false);
  });

  it.each(['Bearer first', 'bearer second', 'BEARER   first', ' Bearer first '])(
    'takes %j',
    async (authorization) => {
      const { ask } = guarded();
      expect((await ask({ url: '/', headers: show(authorization) })).statusCode).toBe(200);
      const created = await ask(
        post('/predictions', {}, { ...show(authorization), prefer: 'respond-async' }),
      );
      expect(created.statusCode).toBe(202);
      // With a token everything is as it is without the flag.
      expect((await ask({ url: '/no-such-path', headers: show(authorization) })).statusCode).toBe(404);
    },
  );

  it.each([
    'Bearer third',
    'Bearer First',
    'Bearer firs',
    'Bearer firstt',
    'Bearer first second',
    'Bearer first,second',
    'Bearer',
    'Bearer ',
    'Bearerfirst',
    'first',
    'Token first',
    'Basic first',
    'Basic OmZpcnN0',
    'Bearer "first"',
  ])('refuses %j', async (authorization) => {
    const { ask } = guarded();
    const response = await ask(post('/predictions', { input: {} }, show(authorization)));
    expect([response.statusCode, response.json().code]).toEqual([401, 'PAWL_UNAUTHORIZED']);
    expect(response.payload).not.toContain('first');
  });

  it('stops for POST /shutdown with a token, from whichever address', async () => {
    const { app, ask } = guarded();
    const remoteAddress = '127.0.0.1';
    expect((await ask({ method: 'POST', url: '/shutdown', remoteAddress })).statusCode).toBe(401);
    const response = await ask({
      method: 'POST',
      url: '/shutdown',
      headers: show('Bearer first'),
      remoteAddress,
    });
    expect(response.statusCode).toBe(200);
    await app.closed;
  });
});

describe('the file of --auth-token-file', () => {
  const read = (file: string) => new AuthTokenFile(file, new ManualClock(), silentLogger);

  it('has a token a line, with comments, blank lines and any line ending', () => {
    const tokens = read(tokenFile('\uFEFF# ours\r\n\r\n  one  \r\n\t#two\nthree+/=._~-!\n\n# four'));
    const accepted = ['one', 'three+/=._~-!', '#two', 'two', 'four', '#', '# ours'].filter((token) =>
      tokens.accepts(`Bearer ${token}`),
    );
    expect(accepted).toEqual(['one', 'three+/=._~-!']);
  });

  it.each([
    ['is empty', '', 'it holds no token'],
    ['holds only comments', '# one\n\n #two\n', 'it holds no token'],
    ['has two words on a line', '# x\nhunter2 # mine\n', 'line 2 is no token'],
    ['has letters that no header can carry', 'hunter2é\n', 'line 1 is no token'],
    ['holds too many', 'hunter2\n'.repeat(limit('authTokensMax') + 1), 'more than 1000 tokens'],
    ['is huge', '#'.repeat(limit('authTokenFileBytesMax') + 1), 'too large'],
  ])('is bad usage where it %s, and no token is told', (_what, text, why) => {
    const file = tokenFile(text);
    expect(() => read(file)).toThrow(why);
    try {
      read(file);
    } catch (error) {
      expect(error).toMatchObject({ code: 'PAWL_USAGE', message: expect.stringContaining(file) });
      expect(String(error)).not.toContain('hunter2');
    }
  });

  it('is bad usage where it cannot be read', () => {
    expect(() => read(path.join(folder, 'missing'))).toThrow('ENOENT');
    mkdirSync(path.join(folder, 'directory'));
    expect(() => read(path.join(folder, 'directory'))).toThrow('EISDIR');
  });

  it('is looked at again: a token that is added works, one that is withdrawn does not', () => {
    const clock = new ManualClock();
    const file = tokenFile('old\n');
    const tokens = new AuthTokenFile(file, clock, silentLogger);
    // As secrets are replaced: another file takes the name.
    renameSync(tokenFile('new\n'), file);
    expect([tokens.accepts('Bearer old'), tokens.accepts('Bearer new')]).toEqual([true, false]);
    clock.advance(limit('authTokenFileCheckMs'));
    expect([tokens.accepts('Bearer old'), tokens.accepts('Bearer new')]).toEqual([false, true]);
  });

  it('changes nothing while it is unusable, and the log says so once', () => {
    const clock = new ManualClock();
    const log = new RecordingLogger();
    const file = tokenFile('old\n');
    const tokens = new AuthTokenFile(file, clock, log);
    const lookAgain = () => clock.advance(limit('authTokenFileCheckMs'));
    writeFileSync(file, 'not a token\n');
    for (let times = 0; times < 3; times += 1) {
      lookAgain();
      expect(tokens.accepts('Bearer old')).toBe(true);
    }
    expect(log.lines.map(({ message }) => message)).toEqual([
      'the tokens that were read before stay in force',
    ]);
    rmSync(file);
    lookAgain();
    expect(tokens.accepts('Bearer old')).toBe(true);
    writeFileSync(file, 'new\n');
    lookAgain();
    expect([tokens.accepts('Bearer old'), tokens.accepts('Bearer new')]).toEqual([false, true]);
  });
});

// What of large request bodies is under way: how much it may be, and that it leaves the disk whatever becomes of its request.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fastify, { type FastifyRequest } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.ts';
import { silentLogger } from '../../src/base/log.ts';
import { PawlError } from '../../src/errors.ts';
import { BodyChecker } from '../../src/server/http/large/body-checker.ts';
import { LargeBodies } from '../../src/server/http/large/large-bodies.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const MiB = 1024 * 1024;
const BODY = `{"input":{"a":"${'x'.repeat(2 * MiB)}"}}`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const gone = () => eventually('an empty disk', () => (readdirSync(files()).length === 0 ? true : null));
const files = () => path.join(directory, 'bodies');

/** `program` stands for the one that checks. */
function begin(program?: string) {
  const checker = new BodyChecker({ clock: new ManualClock(), log: silentLogger }, program);
  const bodies = new LargeBodies({ checker, directory: files, bodyBytesMax: 10 * MiB, bytesMax: 5 * MiB });
  const app = fastify();
  app.addContentTypeParser('application/json', (_request, _payload, done) => done(null, null));
  app.setErrorHandler((error, _request, reply) => {
    void reply
      .code(400)
      .send({ code: error instanceof PawlError ? error.code : Reflect.get(Object(error), 'code') });
  });
  const post = async (contentType = 'application/json') => {
    const answer = await app.inject({
      url: '/',
      method: 'POST',
      headers: { 'content-type': contentType },
      body: BODY,
    });
    return answer.json();
  };
  const answerWith = (handler: (request: FastifyRequest) => Promise<object>) =>
    app.post('/', { preParsing: bodies.receive }, handler);
  return { bodies, checker, post, answerWith };
}

it('is bounded: one that has no room is told so, and has it later', async () => {
  const { bodies, checker, post, answerWith } = begin();
  const both = deferred();
  const mayGo = deferred();
  let waiting = 0;
  answerWith(async (request) => {
    const body = bodies.take(request);
    if (body === null) throw new Error('it was not large');
    if (++waiting === 2) both.resolve();
    await mayGo.promise;
    await bodies.drop(body);
    return { size: body.size };
  });
  const first = [post(), post()];
  await both.promise;
  expect(await post()).toEqual({ code: 'PAWL_AT_CAPACITY' });
  expect(readdirSync(files())).toHaveLength(2);
  mayGo.resolve();
  expect(await Promise.all(first)).toEqual([{ size: BODY.length }, { size: BODY.length }]);
  expect(await post()).toEqual({ size: BODY.length });
  await gone();
  checker.close();
});

it('leaves nothing, and takes no room, when nobody asks for it', async () => {
  const { bodies, checker, post, answerWith } = begin();
  answerWith(async (request) => ({ isLarge: bodies.take(request) !== null }));
  // More of them than there is room for.
  for (let i = 0; i < 5; i++) expect(await post(';;')).toEqual({ code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
  await gone();
  checker.close();
});

it('is not taken for too large where the disk is full when it is checked', async () => {
  const program = path.join(directory, 'program.mjs');
  const report = { type: 'failed', code: 'ENOSPC', message: 'no space left on device', stack: null };
  writeFileSync(program, `process.on('message', () => process.send(${JSON.stringify(report)}));`);
  const { bodies, checker, post, answerWith } = begin(program);
  answerWith(async (request) => {
    const body = bodies.take(request);
    if (body === null) throw new Error('it was not large');
    await bodies.check(body, { mode: 'predict', schema: null, hasFiles: false });
    return {};
  });
  expect(await post()).toEqual({ code: 'PAWL_STORAGE_FULL' });
  await gone();
  checker.close();
});

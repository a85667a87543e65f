// The process that checks large bodies, and what becomes of a body when that process dies, hangs or is not needed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { limit } from '../../src/limits.ts';
import { BodyChecker } from '../../src/server/http/large/body-checker.ts';
import { eventually } from '../helpers/eventually.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { childrenOf } from '../helpers/processes.ts';

let directory: string;
let body: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'pawl-test-'));
  body = path.join(directory, 'body');
  writeFileSync(body, `{"id":"x","input":{"a":1}}`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** `script` is the program in place of ours. */
function begin(script: string | null = null) {
  const clock = new ManualClock();
  const program = path.join(directory, 'program.mjs');
  if (script !== null) writeFileSync(program, script);
  const checker = new BodyChecker({ clock, log: silentLogger }, script === null ? undefined : program);
  onTestFinished(() => checker.close());
  return {
    clock,
    checker,
    check: () => checker.check({ path: body, mode: 'predict', document: null, hasFiles: true }),
  };
}

const ended = () => eventually('the end', () => (childrenOf(process.pid).length === 0 ? true : null));

it('answers one after the other, ends when nobody asks for a while, and starts again', async () => {
  const { clock, check } = begin();
  const taken = { type: 'taken', fields: { id: 'x', input: { a: 1 } }, input: null };
  expect(await Promise.all([check(), check()])).toEqual([taken, taken]);
  expect(childrenOf(process.pid)).toHaveLength(1);
  clock.advance(limit('bodyCheckerIdleMs'));
  await ended();
  expect(await check()).toEqual(taken);
});

it('refuses a body that it dies of, and takes the next', async () => {
  const { check } = begin(`
    import { existsSync, writeFileSync } from 'node:fs';
    const mark = process.argv[1] + '.died';
    process.on('message', () => {
      if (existsSync(mark)) return process.send({ type: 'taken', fields: {}, input: null });
      writeFileSync(mark, '');
      process.abort();
    });`);
  const [first, second] = await Promise.allSettled([check(), check()]);
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'PAWL_BODY_TOO_LARGE' } });
  expect(second).toMatchObject({ status: 'fulfilled' });
});

it('refuses a body that takes too long, and ends what hangs', async () => {
  const { clock, check } = begin(`process.on('message', () => { for (;;); });`);
  const refused = expect(check()).rejects.toMatchObject({ code: 'PAWL_BODY_TOO_LARGE' });
  await eventually('its start', () => (childrenOf(process.pid).length === 1 ? true : null));
  clock.advance(limit('bodyCheckMs'));
  await refused;
  await ended();
});

it('refuses whoever waits when it is closed, and everybody after', async () => {
  const { check, checker } = begin(`process.on('message', () => {});`);
  const waiting = [check(), check()].map((one) =>
    expect(one).rejects.toMatchObject({ code: 'PAWL_SHUTTING_DOWN' }),
  );
  await eventually('its start', () => (childrenOf(process.pid).length === 1 ? true : null));
  checker.close();
  await Promise.all(waiting);
  await ended();
});

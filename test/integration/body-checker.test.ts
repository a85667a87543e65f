// The process that checks large bodies, and what becomes of a body when that process dies, hangs or is not needed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    check: () => checker.check({ path: body, form: null, mode: 'predict', document: null, hasFiles: true }),
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

it('lets a body that takes long hold up those of its kind only', async () => {
  // Of the two processes the first passes on what it is asked first, and the other hangs.
  const { clock, check } = begin(`
    import { existsSync, writeFileSync } from 'node:fs';
    const mark = process.argv[1] + '.asked';
    process.on('message', ({ isPatient }) => {
      if (isPatient) for (;;);
      if (existsSync(mark)) return process.send({ type: 'taken', fields: {}, input: null });
      writeFileSync(mark, '');
      process.send({ type: 'dear' });
    });`);
  const long = expect(check()).rejects.toMatchObject({ code: 'PAWL_BODY_TOO_LARGE' });
  await eventually('the other', () => (childrenOf(process.pid).length === 2 ? true : null));
  expect(await check()).toMatchObject({ type: 'taken' });
  expect(await check()).toMatchObject({ type: 'taken' });
  clock.advance(limit('bodyCheckMs'));
  await long;
});

it('checks a body that takes long, and says of one that takes too long for anybody what is the matter', async () => {
  const { check } = begin();
  const names = (count: number) => Array.from({ length: count }, (_, i) => `"${i}":1`).join(',');
  writeFileSync(body, `{"input":{"a":{${names(limit('quickBodyShapesMax') * 1.1)}}}}`);
  expect(await check()).toMatchObject({ type: 'taken', input: { issues: null } });
  expect(childrenOf(process.pid)).toHaveLength(2);
  writeFileSync(body, `{"input":{"a":{${names(limit('bodyShapesMax') * 1.1)}}}}`);
  expect(await check()).toMatchObject({ type: 'refused', code: 'PAWL_BODY_TOO_LARGE' });
});

it('ends after a while, too, when the body that it was started for has not come', async () => {
  const { clock, checker } = begin();
  checker.prepare();
  await eventually('its start', () => (childrenOf(process.pid).length === 1 ? true : null));
  clock.advance(limit('bodyCheckerIdleMs'));
  await ended();
});

it('is what the system ends first where memory runs out', async () => {
  const { check } = begin();
  await check();
  const [pid] = childrenOf(process.pid);
  expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()).toBe('1000');
});

it('is not ended by another body that comes during a check', async () => {
  const { clock, checker, check } = begin(`
    process.on('message', () => setTimeout(() => process.send({ type: 'taken', fields: {}, input: null }), 200));`);
  const checked = check();
  await eventually('its start', () => (childrenOf(process.pid).length === 1 ? true : null));
  checker.prepare();
  clock.advance(limit('bodyCheckerIdleMs'));
  expect(await checked).toMatchObject({ type: 'taken' });
});

it('says what failed there, and knows the schema in the next check all the same', async () => {
  const { checker } = begin();
  const Input = { type: 'object', properties: { a: { type: 'string' } } };
  const request = {
    form: null,
    mode: 'predict',
    document: { components: { schemas: { Input } } },
    hasFiles: true,
  } as const;
  const failed = await checker.check({ ...request, path: `${body}-none` });
  expect(failed).toMatchObject({ type: 'failed', code: 'ENOENT' });
  writeFileSync(body, `{"input":{"a":["${'x'.repeat(limit('inlineBytesMax'))}"]}}`);
  const issues = [{ path: ['input', 'a'], message: 'must be string', type: 'value_error' }];
  expect(await checker.check({ ...request, path: body })).toMatchObject({ input: { issues } });
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

// The interrupt gate on every version of Node, through one binary: what it ends, whom it never hits, what it leaves.
import { expect, it } from 'vitest';
import { raceGate } from './gate-races.ts';
import { describeOnEachNode } from './node-majors.ts';
import { SLOWNESS } from './run-fixture.ts';

/** Each way of holding the main thread; the fixture knows what they are. */
const CASES = [
  ...['loop', 'loopInTry', 'regularExpression', 'stringify', 'parseWithReviver', 'sort', 'replace'],
  ...['generator', 'iteration', 'getter', 'promiseExecutor', 'asyncFunction', 'throwing', 'bigInteger'],
  ...['evaluation', 'commonModule', 'otherContext', 'webAssembly', 'nativeComputation'],
  ...['atomicsWait', 'nativeSleep', 'nativeRead', 'readSync', 'readFileSync', 'repeatedSleep'],
  ...['openFifo', 'openFifoToWrite', 'spawnSync', 'execFileSync', 'takenBack'],
];
const CASE_ROUNDS = SLOWNESS > 1 ? 1 : 3;
const CONTEXT_ROUNDS = Math.ceil(25 / SLOWNESS);
/** `npm run gate-races` runs ten times as many. */
const RACE_ROUNDS = Math.ceil(1_000 / SLOWNESS);
/** On Node 24 and 26 a loop may end seconds late, longer where processors are scarce (docs/decisions/0006). */
const RACE_DEADLINE_MS = 280_000;

describeOnEachNode('an interrupt', (run) => {
  it('ends whatever holds the main thread, and neither catch nor finally runs', async () => {
    const { reports, stderr, code } = await run('interrupt-cases', { args: [String(CASE_ROUNDS)] });
    const seen = reports.map((report) => {
      const { name, interrupted, marks } = report as Record<string, unknown>;
      return { name, interrupted, marks };
    });
    expect(seen).toEqual(CASES.map((name) => ({ name, interrupted: CASE_ROUNDS, marks: 0 })));
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('reaches the innermost call of its token and nothing else', async () => {
    const { reports, stderr } = await run('interrupt-gate');
    expect(stderr).toBe('');
    expect(reports[0]).toMatchObject({
      returned: { interrupted: false, value: 'value' },
      threw: true,
      bare: ['value', 0, 'interrupted'],
      bareThrew: true,
      tokens: [2 ** 53 - 1, 5, 2 ** 53 - 1],
      outside: [0, false, false],
      ended: { interrupted: true },
      ranAfterwards: [],
      sameToken: { inner: { interrupted: true }, pending: false, outer: { interrupted: true } },
      outerToken: { refused: [false, false], outer: { interrupted: false, value: 'undisturbed' } },
      wrongTokens: { interrupted: false, value: Array(3).fill([false, false]) },
      wronglyNudged: { interrupted: true },
      // No, and yes.
      nudged: [2, 1],
      noticedLate: { interrupted: true },
      ranMeanwhile: [],
      bothAsked: { inner: { interrupted: true }, outer: { interrupted: true }, finished: false },
      returnedTooLate: { interrupted: true },
      threwTooLate: { interrupted: true },
      signalBlocked: { interrupted: true },
      isSignalLeft: false,
      atTheEnd: 0,
    });
  });

  it('leaves alone what others terminate, a stack that overflows, and a signal that others took', async () => {
    const { reports } = await run('interrupt-gate');
    const timedOut = { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' };
    expect(reports[0]).toMatchObject({
      timedOutAround: timedOut,
      ranAround: [],
      timedOutWithin: { interrupted: false, value: timedOut },
      tooDeep: 'RangeError',
      isDeep: true,
      withoutHandler: { interrupted: true },
      // Nobody's signal broke it.
      slept: 0,
    });
  });

  it('is prepared and guarded on the main thread only, and refuses what is no token', async () => {
    const { reports } = await run('interrupt-gate');
    const refusal = 'guard() needs prepareInterrupts() on the same thread';
    expect(reports[0]).toMatchObject({
      unprepared: { name: 'Error', message: refusal },
      preparedByWorker: 'this is not the main thread',
      prepared: [null, null],
      guardedByWorker: refusal,
      wrongArguments: Array(7).fill(Array(3).fill('TypeError')),
      notAFunction: 'call must be a function',
    });
  });

  it('whose signal is lost just before a system call blocks arrives with the next nudge', async () => {
    const { reports } = await run('interrupt-lost-signal');
    expect(reports).toEqual([{ asked: true, interrupted: true, isLost: true, nudged: true, inside: 0 }]);
  });

  it('inside asynchronous contexts leaves those around it as they were, and the process alive', async () => {
    const { reports, stderr, code } = await run('interrupt-contexts', { args: [String(CONTEXT_ROUNDS)] });
    const whole = { wrong: 0, inside: 0 };
    expect(reports).toEqual([
      { name: 'by themselves', ...whole, warnings: [] },
      { name: 'with hooks', ...whole, warnings: [] },
      // Where listeners are asked instead of the callback, they are told what happened.
      { name: 'with domains', ...whole, warnings: expect.toSatisfy(isExplained) },
    ]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });

  it('while modules load leaves none of them half loaded for later work', async () => {
    const { reports, stderr } = await run('interrupt-loading');
    const whole = { isComplete: true, child: { isComplete: true } };
    expect(reports).toEqual([
      { interrupted: true, half: { isComplete: false }, again: whole },
      { inner: true, outer: { isInnerKept: true }, again: whole },
      // Every part of Node that user code may be the first to use is there already.
      { loaded: [] },
    ]);
    expect(stderr).toBe('');
  });

  it('does no harm while the process ends', async () => {
    const { code, signal, stderr } = await run('interrupt-exit');
    expect({ code, signal, stderr }).toEqual({ code: 3, signal: null, stderr: '' });
  });

  it(
    'is reported exactly where it was delivered, and never touches the next work, in random races',
    async () => {
      const seed = Date.now() % 2 ** 31;
      const { faults } = await raceGate(run, { rounds: RACE_ROUNDS, seed, deadlineMs: RACE_DEADLINE_MS });
      expect(faults).toEqual([]);
    },
    (RACE_DEADLINE_MS + 20_000) * SLOWNESS,
  );
});

function isExplained(warnings: readonly string[]): boolean {
  return warnings.every((text) => text === 'uncaught: an interrupted call had entered asynchronous contexts');
}

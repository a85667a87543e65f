import { describe, expect, it } from 'vitest';
import { StateMachine } from '../../../../src/base/state-machine.ts';
import { LIMITS } from '../../../../src/limits.ts';
import {
  NEW_SERIES,
  SERIES_NEXT,
  type SeriesContext,
  type SeriesEvent,
  type SeriesState,
  type SeriesStatus,
  type SeriesStep,
  step,
} from '../../../../src/server/webhook/schedule.ts';

const NOW = 10_000;
const STATUSES = Object.keys(SERIES_NEXT) as SeriesStatus[];

const context = (more: Partial<SeriesContext> = {}): SeriesContext => ({
  now: NOW,
  random: 0.5,
  events: ['start', 'output', 'logs', 'completed'],
  intervalMs: 500,
  hasRoom: true,
  ...more,
});

/** What a series in this status looks like: a report was begun long ago, and logs are new where that can be. */
function stateIn(status: SeriesStatus): SeriesState {
  const state = { ...NEW_SERIES, status, reportedAt: 1_000, outputAt: 1_000 };
  if (status === 'throttled') return { ...state, reportedAt: NOW - 100, dueAt: NOW + 400 };
  if (status === 'completing' || status === 'retrying') return { ...state, tries: 1 };
  return state;
}

const EVENTS: { readonly [column: string]: SeriesEvent } = {
  start: { type: 'changed', what: 'start' },
  output: { type: 'changed', what: 'output' },
  logs: { type: 'changed', what: 'logs' },
  ended: { type: 'ended' },
  due: { type: 'due' },
  built: { type: 'built', ms: 1, bytes: 1 },
  accepted: { type: 'answered', answer: { type: 'accepted' } },
  refused: { type: 'answered', answer: { type: 'refused' } },
  retry: { type: 'answered', answer: { type: 'retry', afterMs: null } },
  hurried: { type: 'hurried' },
  abandoned: { type: 'abandoned' },
};

/** `status:action` after the event, `-` where nothing moves, `!` where the event cannot come. */
function cell(status: SeriesStatus, event: SeriesEvent, more: Partial<SeriesContext> = {}): string {
  let after: SeriesStep;
  try {
    after = step(stateIn(status), event, context(more));
  } catch (error) {
    return error instanceof Error && error.name === 'AssertionError' ? '!' : String(error);
  }
  const [state, action] = after;
  if (state.status !== status)
    new StateMachine<SeriesStatus>('series', SERIES_NEXT, status).move(state.status);
  if (state.status === status && action.type === 'none') return '-';
  return `${state.status}:${action.type === 'finish' ? action.how : action.type}`;
}

/** Rows of `STATUSES`, columns of `EVENTS`. */
function product(more: Partial<SeriesContext> = {}): string {
  const rows = STATUSES.map((status) => [
    status,
    ...Object.values(EVENTS).map((event) => cell(status, event, more)),
  ]);
  return [['', ...Object.keys(EVENTS)], ...rows].map((row) => row.join(' ').trim()).join('\n');
}

const table = (text: string) => text.trim().replace(/ +/g, ' ').replace(/\n /g, '\n');

describe('every status with every event', () => {
  it('where the end is wanted', () => {
    expect(product()).toBe(
      table(`
      start            output           logs             ended                due                  built accepted     refused           retry            hurried             abandoned
quiet      reporting:report reporting:report reporting:report completing:complete  !                    -     !            !                 !                -                   over:undelivered
throttled  reporting:report reporting:report -                completing:complete  throttled:wait       -     !            !                 !                -                   over:undelivered
reporting  -                -                -                yielding:wait        !                    -     quiet:none   quiet:none        quiet:none       -                   over:undelivered
yielding   !                !                !                !                    completing:complete  -     completing:complete completing:complete completing:complete - over:undelivered
closing    !                !                !                !                    !                    -     over:done    over:done         over:done        -                   over:undelivered
completing !                !                !                !                    !                    -     over:done    over:undelivered  retrying:wait    -                   over:undelivered
retrying   !                !                !                !                    completing:complete  -     !            !                 !                completing:complete over:undelivered
over       -                -                -                -                    !                    -     !            !                 !                -                   -
`),
    );
  });

  it('where it is not', () => {
    expect(product({ events: ['start', 'output', 'logs'] })).toBe(
      table(`
      start            output           logs             ended                due                  built accepted     refused           retry            hurried             abandoned
quiet      reporting:report reporting:report reporting:report over:done            !                    -     !            !                 !                -                   over:done
throttled  reporting:report reporting:report -                closing:report       throttled:wait       -     !            !                 !                -                   over:done
reporting  -                -                -                closing:none         !                    -     quiet:none   quiet:none        quiet:none       -                   over:done
yielding   !                !                !                !                    over:done            -     over:done    over:done         over:done        -                   over:done
closing    !                !                !                !                    !                    -     over:done    over:done         over:done        -                   over:done
completing !                !                !                !                    !                    -     over:done    over:undelivered  retrying:wait    -                   over:done
retrying   !                !                !                !                    completing:complete  -     !            !                 !                completing:complete over:done
over       -                -                -                -                    !                    -     !            !                 !                -                   -
`),
    );
  });

  it('where only the end is wanted: nothing else is ever told', () => {
    for (const status of ['quiet', 'reporting'] as const) {
      for (const what of ['start', 'output', 'logs'] as const) {
        expect(cell(status, { type: 'changed', what }, { events: ['completed'] })).toBe('-');
      }
    }
  });
});

const CHANGED = (what: 'start' | 'output' | 'logs'): SeriesEvent => ({ type: 'changed', what });

/** Runs events at their times; the result is the last step. */
function run(
  events: readonly (readonly [at: number, event: SeriesEvent])[],
  more: Partial<SeriesContext> = {},
): SeriesStep {
  let result: SeriesStep = [NEW_SERIES, { type: 'none' }];
  for (const [now, event] of events) result = step(result[0], event, context({ ...more, now }));
  return result;
}

const ACCEPTED: SeriesEvent = { type: 'answered', answer: { type: 'accepted' } };

describe('reports', () => {
  it('tell the start at once, however long the interval is', () => {
    expect(run([[0, CHANGED('start')]], { intervalMs: 3_600_000 })[1]).toEqual({ type: 'report' });
  });

  it('tell logs an interval after the last report, and all of them at once then', () => {
    const begun: [number, SeriesEvent][] = [
      [0, CHANGED('start')],
      [20, ACCEPTED],
      [30, CHANGED('logs')],
    ];
    expect(run(begun)[1]).toEqual({ type: 'wait', ms: 470 });
    expect(run([...begun, [40, CHANGED('logs')]])[1]).toEqual({ type: 'none' });
    const [state, action] = run([...begun, [40, CHANGED('logs')], [500, { type: 'due' }]]);
    expect(action).toEqual({ type: 'report' });
    expect(state).toMatchObject({ status: 'reporting', dueAt: null, reportedAt: 500 });
  });

  it('tell the first output at once, also right after the start and while logs wait', () => {
    const begun: [number, SeriesEvent][] = [
      [0, CHANGED('start')],
      [5, ACCEPTED],
      [6, CHANGED('logs')],
      [7, CHANGED('output')],
    ];
    expect(run(begun)[1]).toEqual({ type: 'report' });
    const more: [number, SeriesEvent][] = [...begun, [9, ACCEPTED], [10, CHANGED('output')]];
    expect(run(more)[1]).toEqual({ type: 'wait', ms: 497 });
  });

  it('that carry an output along with logs count for the next output', () => {
    const [state] = run([
      [0, CHANGED('output')],
      [1, ACCEPTED],
      [2, CHANGED('logs')],
      [3, CHANGED('output')],
      [500, { type: 'due' }],
    ]);
    expect(state).toMatchObject({ hasNewOutput: false, outputAt: 500 });
  });

  it('follow at once on one that took longer than the interval', () => {
    const slow: [number, SeriesEvent][] = [
      [0, CHANGED('start')],
      [10, CHANGED('logs')],
      [2_000, ACCEPTED],
    ];
    expect(run(slow)[1]).toEqual({ type: 'report' });
    expect(run([slow[0] ?? fail(), slow[1] ?? fail(), [100, ACCEPTED]])[1]).toEqual({
      type: 'wait',
      ms: 400,
    });
  });

  it.each([
    ['expensive to build', { ms: 100, bytes: 100 }, 1_800],
    ['large', { ms: 1, bytes: 3 * LIMITS.webhookReportBytesPerS.value }, 2_800],
    ['neither', { ms: 1, bytes: 100 }, 300],
  ])('that are %s put the next one off', (_how, cost, ms) => {
    const events: [number, SeriesEvent][] = [
      [0, CHANGED('start')],
      [0, { type: 'built', ...cost }],
      [150, ACCEPTED],
      [200, CHANGED('logs')],
    ];
    expect(run(events)[1]).toEqual({ type: 'wait', ms });
  });

  it('wait while the backlog has no room, and are not lost', () => {
    const [state, action] = run([[0, CHANGED('output')]], { hasRoom: false });
    expect([state.status, action]).toEqual(['throttled', { type: 'wait', ms: 500 }]);
    expect(step(state, { type: 'due' }, context({ now: 500, hasRoom: false }))[1]).toEqual({
      type: 'wait',
      ms: 500,
    });
    expect(step(state, { type: 'due' }, context({ now: 500 }))[1]).toEqual({ type: 'report' });
  });

  it('without an interval are as many as there are changes, one at a time', () => {
    const none = { intervalMs: 0 };
    expect(run([[0, CHANGED('logs')]], none)[1]).toEqual({ type: 'report' });
    const during: [number, SeriesEvent][] = [
      [0, CHANGED('logs')],
      [0, CHANGED('logs')],
      [0, CHANGED('logs')],
    ];
    expect(run(during, none)[1]).toEqual({ type: 'none' });
    expect(run([...during, [1, ACCEPTED]], none)[1]).toEqual({ type: 'report' });
  });
});

describe('the end', () => {
  it('takes the place of a report that waits', () => {
    const events: [number, SeriesEvent][] = [
      [0, CHANGED('start')],
      [1, ACCEPTED],
      [2, CHANGED('logs')],
      [3, { type: 'ended' }],
    ];
    expect(run(events)[1]).toEqual({ type: 'complete' });
  });

  it('waits a moment for the report that is on its way, and no longer', () => {
    const events: [number, SeriesEvent][] = [
      [0, CHANGED('start')],
      [1, { type: 'ended' }],
    ];
    const ms = LIMITS.webhookYieldMs.value;
    expect(run(events)[1]).toEqual({ type: 'wait', ms });
    expect(run([...events, [1 + ms, { type: 'due' }]])[1]).toEqual({ type: 'complete' });
  });

  it('brings a last report where only reports are wanted and something is untold', () => {
    const only = { events: ['output'] as const };
    const events: [number, SeriesEvent][] = [
      [0, CHANGED('output')],
      [1, CHANGED('output')],
      [2, { type: 'ended' }],
    ];
    expect(run(events, only)[0].status).toBe('yielding');
    expect(run([...events, [3, ACCEPTED]], only)[1]).toEqual({ type: 'report' });
    expect(run([...events, [3, ACCEPTED], [4, ACCEPTED]], only)[1]).toEqual({ type: 'finish', how: 'done' });
  });

  it('is given up after as many tries as the table says', () => {
    const retry: SeriesEvent = { type: 'answered', answer: { type: 'retry', afterMs: null } };
    let state = run([[0, { type: 'ended' }]])[0];
    const waits: number[] = [];
    for (;;) {
      const [next, action] = step(state, retry, context({ random: 1 }));
      if (action.type !== 'wait') {
        expect(action).toEqual({ type: 'finish', how: 'undelivered' });
        break;
      }
      waits.push(action.ms);
      state = step(next, { type: 'due' }, context())[0];
    }
    const table = [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 102_400, 102_400, 102_400];
    expect(waits).toEqual(table);
  });

  it('is tried at once and then often while the server stops', () => {
    const late: SeriesState = { ...NEW_SERIES, status: 'retrying', tries: 9 };
    const [hurried, action] = step(late, { type: 'hurried' }, context());
    expect(action).toEqual({ type: 'complete' });
    const retry: SeriesEvent = { type: 'answered', answer: { type: 'retry', afterMs: 60_000 } };
    expect(step(hurried, retry, context())[1]).toEqual({
      type: 'wait',
      ms: LIMITS.webhookHurriedMs.value,
    });
  });
});

function fail(): never {
  throw new Error('no such event');
}

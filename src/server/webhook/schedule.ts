// When the webhooks of one prediction are sent: what happened → what to do, as a function of its arguments alone.
// One request at a time; `completed` is the last; what changed while nothing could be sent is in the next report.
import { AssertionError, assert, assertNever } from '../../base/assert.ts';
import type { Transitions } from '../../base/state-machine.ts';
import { limit } from '../../limits.ts';
import { type DeliveryAnswer, retryDelay } from './retry.ts';
import type { WebhookEvent } from './webhook-event.ts';

/**
 * quiet: nothing to tell. throttled: something, but not yet. reporting: a report is on its way. yielding: the
 * prediction has ended, and the report on its way gets a moment. closing: the last report is on its way, where
 * `completed` is not wanted. completing: `completed` is on its way. retrying: it waits for its next try.
 */
export type SeriesStatus =
  | 'quiet'
  | 'throttled'
  | 'reporting'
  | 'yielding'
  | 'closing'
  | 'completing'
  | 'retrying'
  | 'over';

export const SERIES_NEXT = {
  quiet: ['reporting', 'throttled', 'closing', 'completing', 'over'],
  throttled: ['reporting', 'closing', 'completing', 'over'],
  reporting: ['quiet', 'throttled', 'yielding', 'closing', 'over'],
  yielding: ['closing', 'completing', 'over'],
  closing: ['over'],
  completing: ['retrying', 'over'],
  retrying: ['completing', 'over'],
  over: [],
} as const satisfies Transitions<SeriesStatus>;

export interface SeriesState {
  readonly status: SeriesStatus;
  /** When what has changed since the last report may be told; null when nothing has. */
  readonly dueAt: number | null;
  /** Is there an output that no report has carried? */
  readonly hasNewOutput: boolean;
  /** When the last report was begun, and the last that carried a new output. */
  readonly reportedAt: number | null;
  readonly outputAt: number | null;
  /** How far the last report puts the next one off, for what it cost. */
  readonly restMs: number;
  /** How often `completed` was sent. */
  readonly tries: number;
  /** The server stops: retries come soon or never. */
  readonly isHurried: boolean;
}

export const NEW_SERIES: SeriesState = {
  status: 'quiet',
  dueAt: null,
  hasNewOutput: false,
  reportedAt: null,
  outputAt: null,
  restMs: 0,
  tries: 0,
  isHurried: false,
};

export type SeriesEvent =
  | { readonly type: 'changed'; readonly what: Exclude<WebhookEvent, 'completed'> }
  | { readonly type: 'ended' }
  /** The time of the last `wait` has come. */
  | { readonly type: 'due' }
  /** The report that is sent now, with what it cost. */
  | { readonly type: 'built'; readonly ms: number; readonly bytes: number }
  /** To the request on its way. */
  | { readonly type: 'answered'; readonly answer: DeliveryAnswer }
  | { readonly type: 'hurried' }
  | { readonly type: 'abandoned' };

export type SeriesAction =
  /** What is on its way goes on, and so does the last wait. */
  | { readonly type: 'none' }
  /** What is on its way goes on. */
  | { readonly type: 'wait'; readonly ms: number }
  /** Each of these ends what is on its way. */
  | { readonly type: 'report' }
  | { readonly type: 'complete' }
  | { readonly type: 'finish'; readonly how: 'done' | 'undelivered' };

export interface SeriesContext {
  readonly now: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly events: readonly WebhookEvent[];
  readonly intervalMs: number;
  /** Does the backlog take another report? */
  readonly hasRoom: boolean;
}

export type SeriesStep = readonly [SeriesState, SeriesAction];

// Building reports takes at most a twentieth of the event loop's time, however large they are.
const BUILD_SHARE = 20;
const NOTHING: SeriesAction = { type: 'none' };

export function step(state: SeriesState, event: SeriesEvent, context: SeriesContext): SeriesStep {
  switch (event.type) {
    case 'changed':
      return changed(state, event.what, context);
    case 'ended':
      return ended(state, context);
    case 'due':
      return due(state, context);
    case 'built':
      return [{ ...state, restMs: restMs(event.ms, event.bytes) }, NOTHING];
    case 'answered':
      return answered(state, event.answer, context);
    case 'hurried':
      return hurried(state);
    case 'abandoned':
      return abandoned(state, context);
    default:
      return assertNever(event);
  }
}

function changed(state: SeriesState, what: 'start' | 'output' | 'logs', context: SeriesContext): SeriesStep {
  if (state.status === 'over' || !context.events.includes(what)) return [state, NOTHING];
  const isLive = state.status === 'quiet' || state.status === 'throttled' || state.status === 'reporting';
  assert(isLive, `a prediction whose webhooks are ${state.status} cannot change`);
  const earliest = earliestAt(state, what, context);
  const isSooner = state.dueAt === null || earliest < state.dueAt;
  const isNewOutput = what === 'output' && !state.hasNewOutput;
  if (!isSooner && !isNewOutput) return [state, NOTHING];
  const next: SeriesState = {
    ...state,
    dueAt: isSooner ? earliest : state.dueAt,
    hasNewOutput: state.hasNewOutput || isNewOutput,
  };
  return state.status === 'reporting' || !isSooner ? [next, NOTHING] : tell(next, context);
}

/** The first output need not wait because of logs or the start; outputs are spaced from each other. */
function earliestAt(state: SeriesState, what: 'start' | 'output' | 'logs', context: SeriesContext): number {
  if (what === 'start') return context.now;
  const last = what === 'output' ? state.outputAt : state.reportedAt;
  return last === null ? context.now : last + spacingMs(state, context);
}

function spacingMs(state: SeriesState, { intervalMs }: SeriesContext): number {
  return Math.max(intervalMs, state.restMs);
}

/** Reports repeat what those before told: without a rest, a long prediction would cost the square of its length. */
function restMs(buildMs: number, bytes: number): number {
  return Math.max(buildMs * BUILD_SHARE, (bytes / limit('webhookReportBytesPerS')) * 1_000);
}

function tell(state: SeriesState, context: SeriesContext): SeriesStep {
  const { now, hasRoom } = context;
  const at = state.dueAt ?? now;
  if (at <= now && hasRoom) return report(state, 'reporting', context);
  const ms = at > now ? at - now : Math.max(spacingMs(state, context), limit('webhookIntervalMs'));
  return [
    { ...state, status: 'throttled' },
    { type: 'wait', ms },
  ];
}

function report(state: SeriesState, status: 'reporting' | 'closing', { now }: SeriesContext): SeriesStep {
  const outputAt = state.hasNewOutput ? now : state.outputAt;
  const next = { ...state, status, dueAt: null, hasNewOutput: false, reportedAt: now, outputAt };
  return [next, { type: 'report' }];
}

function ended(state: SeriesState, context: SeriesContext): SeriesStep {
  switch (state.status) {
    case 'over':
      return [state, NOTHING];
    case 'quiet':
    case 'throttled':
      return last(state, context);
    case 'reporting':
      if (!context.events.includes('completed') && state.dueAt === null) {
        return [{ ...state, status: 'closing' }, NOTHING];
      }
      return [
        { ...state, status: 'yielding' },
        { type: 'wait', ms: limit('webhookYieldMs') },
      ];
    default:
      throw impossible(state, 'ended');
  }
}

/** What is still to be sent of a prediction that has ended. */
function last(state: SeriesState, context: SeriesContext): SeriesStep {
  if (context.events.includes('completed')) return complete(state);
  // Nothing else would bring what the last report did not have.
  return state.dueAt === null ? finish(state, 'done') : report(state, 'closing', context);
}

function complete(state: SeriesState): SeriesStep {
  return [{ ...state, status: 'completing', dueAt: null, tries: state.tries + 1 }, { type: 'complete' }];
}

function due(state: SeriesState, context: SeriesContext): SeriesStep {
  switch (state.status) {
    case 'throttled':
      return tell(state, context);
    case 'yielding':
      return last(state, context);
    case 'retrying':
      return complete(state);
    default:
      throw impossible(state, 'due');
  }
}

function answered(state: SeriesState, answer: DeliveryAnswer, context: SeriesContext): SeriesStep {
  switch (state.status) {
    case 'reporting':
      // Whatever the answer is: the next report says the same and more.
      return state.dueAt === null ? [{ ...state, status: 'quiet' }, NOTHING] : tell(state, context);
    case 'yielding':
      return last(state, context);
    case 'closing':
      return finish(state, 'done');
    case 'completing':
      return completionAnswered(state, answer, context);
    default:
      throw impossible(state, 'answered');
  }
}

function completionAnswered(state: SeriesState, answer: DeliveryAnswer, context: SeriesContext): SeriesStep {
  if (answer.type === 'accepted') return finish(state, 'done');
  if (answer.type === 'refused' || state.tries >= limit('webhookTriesMax')) {
    return finish(state, 'undelivered');
  }
  const ms = retryDelay(state.tries, answer.afterMs, context.random);
  return [
    { ...state, status: 'retrying' },
    { type: 'wait', ms: state.isHurried ? Math.min(ms, limit('webhookHurriedMs')) : ms },
  ];
}

function hurried(state: SeriesState): SeriesStep {
  const next = { ...state, isHurried: true };
  return state.status === 'retrying' ? complete(next) : [next, NOTHING];
}

function abandoned(state: SeriesState, context: SeriesContext): SeriesStep {
  if (state.status === 'over') return [state, NOTHING];
  return finish(state, context.events.includes('completed') ? 'undelivered' : 'done');
}

function finish(state: SeriesState, how: 'done' | 'undelivered'): SeriesStep {
  return [
    { ...state, status: 'over' },
    { type: 'finish', how },
  ];
}

function impossible({ status }: SeriesState, event: SeriesEvent['type']): Error {
  return new AssertionError(`webhooks that are ${status} cannot be ${event}`);
}

// How the client wants its answer, from the Accept and Prefer headers. Decides nothing about what a route can give.
import type { IncomingHttpHeaders } from 'node:http';
import { type Element, headerList } from './header-list.ts';

export type ResponseMode =
  /** The answer comes with the end; at most `waitMs` later where that is not null. */
  | { readonly kind: 'wait'; readonly waitMs: number | null; readonly preferred: Preferred }
  | { readonly kind: 'async' }
  | { readonly kind: 'stream' };

/**
 * What the client said about the wait. `respond-async`: it will not miss the answer when it leaves before the end,
 * so that its leaving is no cancel.
 */
export type Preferred = 'nothing' | 'wait' | 'respond-async';

// RFC 9110: at most three decimals, and nothing above 1.
const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
// A wait in more digits is as good as for ever.
const WAIT_DIGITS = 9;

const NO_PREFERENCE: ResponseMode = { kind: 'wait', waitMs: null, preferred: 'nothing' };

export function responseMode(headers: IncomingHttpHeaders): ResponseMode {
  const { accept, prefer } = headers;
  if (accept !== undefined && wantsStream(headerList(accept))) return { kind: 'stream' };
  if (prefer === undefined) return NO_PREFERENCE;
  // Several header lines arrive joined by commas, which is what RFC 7240 makes of them.
  return preferredMode(headerList(Array.isArray(prefer) ? prefer.join(',') : prefer));
}

/** The preferences that were followed, for the Preference-Applied header (RFC 7240 §3); null where there were none. */
export function preferenceApplied(mode: ResponseMode, outcome: 'ended' | 'goes on'): string | null {
  if (mode.kind === 'stream') return null;
  if (mode.kind === 'async') return 'respond-async';
  const wait = mode.waitMs === null ? 'wait' : `wait=${mode.waitMs / 1000}`;
  if (mode.preferred === 'nothing') return null;
  return mode.preferred === 'respond-async' && outcome === 'goes on' ? `respond-async, ${wait}` : wait;
}

/** An event stream must be named, by itself: a wildcard asks for JSON. */
function wantsStream(accept: readonly Element[]): boolean {
  const stream = quality(accept, ['text/event-stream']);
  const json = quality(accept, ['application/json', 'application/*', '*/*']);
  return stream !== null && stream > 0 && stream >= (json ?? 0);
}

/** The q of the first of these ranges that is listed; null where none is. */
function quality(accept: readonly Element[], ranges: readonly string[]): number | null {
  for (const name of ranges) {
    const element = accept.find(([range]) => range.name === name);
    if (element === undefined) continue;
    const text = element.slice(1).find((parameter) => parameter.name === 'q')?.value ?? '1';
    return QVALUE.test(text) ? Number(text) : 1;
  }
  return null;
}

/**
 * RFC 7240: of a preference given twice the first counts, an empty value is none, what is malformed or unknown does
 * not count. `wait` with `respond-async` waits that long before it answers 202; `wait` without seconds is what
 * happens anyway.
 */
function preferredMode(prefer: readonly Element[]): ResponseMode {
  const valueFor = (name: string) => {
    const element = prefer.find(([preference]) => preference.name === name);
    return element === undefined ? null : (element[0].value ?? '');
  };
  const isAsync = valueFor('respond-async') === '';
  const wait = valueFor('wait') ?? 'absent';
  const preferred: Preferred = isAsync ? 'respond-async' : 'wait';
  if (/^\d+$/.test(wait)) {
    const seconds = Number(wait.replace(/^0+/, '').slice(0, WAIT_DIGITS + 1));
    return { kind: 'wait', waitMs: Math.min(seconds, 10 ** WAIT_DIGITS - 1) * 1000, preferred };
  }
  if (isAsync) return { kind: 'async' };
  return { kind: 'wait', waitMs: null, preferred: wait === '' ? 'wait' : 'nothing' };
}

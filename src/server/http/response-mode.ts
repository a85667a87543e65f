// How the client wants its answer, from the Accept and Prefer headers.
import type { IncomingHttpHeaders } from 'node:http';
import { headerList } from './header-list.ts';

export type ResponseMode =
  /** The answer waits for the end; at most `waitMs` where that is not null. */
  | { readonly kind: 'wait'; readonly waitMs: number | null }
  | { readonly kind: 'async' }
  | { readonly kind: 'stream' };

const PLAIN: ResponseMode = { kind: 'wait', waitMs: null };

export function responseMode(headers: IncomingHttpHeaders): ResponseMode {
  const { accept, prefer } = headers;
  if (accept !== undefined && wantsStream(accept)) return { kind: 'stream' };
  // Several header lines arrive joined by commas, which is what RFC 7240 makes of them.
  return prefer === undefined ? PLAIN : preferred(Array.isArray(prefer) ? prefer.join(',') : prefer);
}

function wantsStream(accept: string): boolean {
  const stream = quality(accept, 'text/event-stream');
  return stream !== null && stream > 0 && stream >= (quality(accept, 'application/json') ?? 0);
}

/** The q of a media type that is named itself; a wildcard names none. */
function quality(accept: string, type: string): number | null {
  const element = headerList(accept).find(([range]) => range.name === type);
  if (element === undefined) return null;
  const q = Number(element.find(({ name }) => name === 'q')?.value ?? 1);
  return Number.isNaN(q) ? 1 : q;
}

/**
 * RFC 7240: of a preference given twice the first counts, what is malformed or unknown does not. `wait` with
 * `respond-async` waits that long before it answers 202; `wait` without seconds is what happens anyway.
 */
function preferred(prefer: string): ResponseMode {
  const preferences = headerList(prefer).map(([preference]) => preference);
  const wait = preferences.find(({ name }) => name === 'wait')?.value ?? '';
  if (/^\d{1,9}$/.test(wait)) return { kind: 'wait', waitMs: Number(wait) * 1000 };
  return preferences.some(({ name }) => name === 'respond-async') ? { kind: 'async' } : PLAIN;
}

// Where two transcripts differ, as paths. What Pawl only adds to an object that Cog has is no difference: a client of
// Cog's does not look there; ADDED says which fields these may be, and `GET /`
// may name further URLs.
import { RUNTIME_METRICS } from '../../src/protocol/runtime-metrics.ts';
import type { Plain } from './transcript.ts';

export interface Difference {
  /** Keys and indexes, joined by slashes; the first is the number of the exchange. */
  readonly at: string;
  /** Undefined: the server has nothing there. */
  readonly cog: Plain | undefined;
  readonly pawl: Plain | undefined;
}

const ADDED: ReadonlySet<string> = new Set([
  'input',
  'created_at',
  'started_at',
  'completed_at',
  'error_code',
  'code',
  'cancels',
  ...RUNTIME_METRICS,
  'pawl_version',
  'pawl',
  'node',
]);

export function differences(cog: Plain | undefined, pawl: Plain | undefined, at: string): Difference[] {
  if (Array.isArray(cog) && Array.isArray(pawl)) {
    const length = Math.max(cog.length, pawl.length);
    return Array.from({ length }, (_, i) => differences(cog[i], pawl[i], join(at, String(i)))).flat();
  }
  if (isObject(cog) && isObject(pawl)) {
    const keys = [...new Set([...Object.keys(cog), ...Object.keys(pawl)])].sort();
    return keys
      .filter((key) => key in cog || !(ADDED.has(key) || key.endsWith('_url')))
      .flatMap((key) => differences(cog[key], pawl[key], join(at, key)));
  }
  return cog === pawl ? [] : [{ at, cog, pawl }];
}

function join(at: string, key: string): string {
  return at === '' ? key : `${at}/${key}`;
}

function isObject(value: Plain | undefined): value is { [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

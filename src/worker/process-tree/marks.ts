// Reads what a process carries in its environment. A process that is just becoming another program, or is ending, has
// an empty one for a moment; taking that for "no mark" would end somebody else's, so it is asked again.
import { readFileSync } from 'node:fs';
import type { ProcessEntry } from './process-entry.ts';
import { KEEP_VALUE, KEEP_VARIABLE, RUN_VARIABLE } from './run-mark.ts';

type Marks = Pick<ProcessEntry, 'mark' | 'isKept'>;

const NONE: Marks = { mark: null, isKept: false };
/** Belongs to no run: whose it is cannot be known now. */
const IN_BETWEEN: Marks = { mark: '', isKept: false };
const TRIES_MAX = 20;
const PAUSE_MS = 0.25;
const pauseCell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

export function marksOf(pid: number): Marks {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const environment = contentOf(pid, 'environ');
    if (environment === null) return NONE;
    if (environment.length > 0) {
      return {
        mark: variableIn(environment, RUN_VARIABLE),
        isKept: variableIn(environment, KEEP_VARIABLE) === KEEP_VALUE,
      };
    }
    // Arguments and environment appear together: with arguments there, the environment is empty indeed.
    if (tries > 0 && (contentOf(pid, 'cmdline')?.length ?? 0) > 0) return NONE;
    Atomics.wait(pauseCell, 0, 0, PAUSE_MS);
  }
  return IN_BETWEEN;
}

/** null: gone, or it runs as another user. */
function contentOf(pid: number, file: 'environ' | 'cmdline'): Buffer | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`);
  } catch {
    return null;
  }
}

function variableIn(environment: Buffer, name: string): string | null {
  const start = `${name}=`;
  let at = environment.indexOf(start);
  while (at > 0 && environment[at - 1] !== 0) at = environment.indexOf(start, at + 1);
  if (at === -1) return null;
  const end = environment.indexOf(0, at);
  return environment.toString('utf8', at + start.length, end === -1 ? environment.length : end);
}

// What the probe process says, line by line, so that what it found is known also where a later step ends it.
import { isObject } from '../base/json.ts';
import type { Attempt } from '../native/binding.ts';

/** Ways of blocking that an interrupt must end: JavaScript that never looks up, and a system call. */
export type Blocking = 'loop' | 'system call';

export type ProbeLine =
  | {
      readonly type: 'addon';
      /** Null where none could be loaded. */
      readonly file: string | null;
      /** PAWL_ADDON names it. */
      readonly isForced: boolean;
      readonly attempts: readonly Attempt[];
    }
  /** `adopts`: null where it worked, else what came instead. */
  | { readonly type: 'orphans'; readonly adopts: string | null }
  /** Why this Node or system cannot interrupt; null where it can. */
  | { readonly type: 'interrupts'; readonly unavailable: string | null }
  | { readonly type: 'interrupted'; readonly blocking: Blocking; readonly ms: number };

export interface ProbeReport {
  readonly lines: readonly ProbeLine[];
  /** How the process ended, where that was not as it should. */
  readonly trouble: string | null;
}

/** Lines that the addon, or a library it loads, printed are left out. */
export function parseProbe(text: string): ProbeLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isProbeLine(value) ? [value] : [];
    } catch {
      // Not ours.
      return [];
    }
  });
}

const TYPES: readonly unknown[] = [
  'addon',
  'orphans',
  'interrupts',
  'interrupted',
] satisfies ProbeLine['type'][];

/** Both sides are this very version: the type is enough. */
function isProbeLine(value: unknown): value is ProbeLine {
  return isObject(value) && TYPES.includes(value.type);
}

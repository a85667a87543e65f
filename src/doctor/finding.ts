// What one check of `pawl doctor` came to. A failure keeps `pawl serve` from working; a warning says what it will lack.

export type Verdict = 'ok' | 'warning' | 'failure';

export interface Finding {
  /** Short and stable: scripts may look for it. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found, and what it means where that is not plain. */
  readonly message: string;
  /** How to mend it; null where nothing is wrong. */
  readonly mend: string | null;
}

export const ok = (check: string, message: string): Finding => ({
  check,
  verdict: 'ok',
  message,
  mend: null,
});

export const warning = (check: string, message: string, mend: string): Finding => ({
  check,
  verdict: 'warning',
  message,
  mend,
});

export const failure = (check: string, message: string, mend: string): Finding => ({
  check,
  verdict: 'failure',
  message,
  mend,
});

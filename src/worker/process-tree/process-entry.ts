// One process as /proc shows it. A pid alone names nothing for long: the kernel gives it to another process as soon as
// this one is waited for. Pid and start time together do.

export interface ProcessEntry {
  readonly pid: number;
  readonly ppid: number;
  /** Hundredths of a second since boot. */
  readonly startTicks: number;
  /** Ended, but its parent has not waited for it. */
  readonly isZombie: boolean;
  /** Value of PAWL_RUN; null where there is none or it can't be read (another user's, a zombie's), '' in between. */
  readonly mark: string | null;
  /** PAWL_KEEP=1: the user wants it to outlive its prediction. */
  readonly isKept: boolean;
}

export function identityOf({ pid, startTicks }: Pick<ProcessEntry, 'pid' | 'startTicks'>): string {
  return `${pid}:${startTicks}`;
}

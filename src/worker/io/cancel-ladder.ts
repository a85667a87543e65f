// What happens to one canceled run that does not end by itself: the abort signal has gone out already; then an interrupt
// where JavaScript blocks, and SIGTERM and SIGKILL for the subprocesses. The last step, the worker's own end, is the
// server's. Lives on the I/O thread, because the model thread may be blocked.
import type { Clock, Timer } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import { interruptUntilEnded } from '../../native/interrupt-until-ended.ts';
import type { NativeApi } from '../../native/native-api.ts';
import type { CancelStage } from '../../protocol/slot-messages.ts';
import type { RunAddress } from '../process-tree/run-mark.ts';
import type { RunProcesses } from '../process-tree/run-processes.ts';
import { newsTokenOf, tokenOf } from '../token.ts';

export interface CancelDeadlines {
  /** null: limits.ts. */
  readonly graceMs: number | null;
  /** From SIGTERM to SIGKILL. */
  readonly termMs: number;
}

export interface CancelLadderParts extends CancelDeadlines {
  readonly clock: Clock;
  readonly native: Pick<NativeApi, 'interrupt' | 'nudge' | 'tokenInside'>;
  readonly processes: Pick<RunProcesses, 'end'>;
  /** Ends the run where it waits for something that can never come; takes the model thread a while to find out. */
  readonly endIfLost: () => void;
}

const STAGES = ['signal', 'interrupt', 'terminate', 'kill'] as const satisfies readonly CancelStage[];
type Stage = (typeof STAGES)[number];

export class CancelLadder {
  readonly #at: RunAddress;
  readonly #parts: CancelLadderParts;
  readonly #began: number;
  #stage: Stage = 'signal';
  #timer: Timer;
  #interrupt: Timer | null = null;
  #isKilling = false;
  #looks = 0;
  #hasForced = false;
  #isOver = false;

  constructor(at: RunAddress, parts: CancelLadderParts) {
    this.#at = at;
    this.#parts = parts;
    this.#began = parts.clock.monotonic();
    this.#timer = parts.clock.after(parts.graceMs ?? limit('cancelGraceBlockedMs'), () => this.#ifBlocked());
  }

  /** The last step that reached something. */
  get stage(): Stage {
    return this.#stage;
  }

  get elapsedMs(): number {
    return this.#parts.clock.monotonic() - this.#began;
  }

  /** The run has ended: nothing more is sent to anybody. Subprocesses that got a signal still see it through. */
  end(): void {
    this.#isOver = true;
    this.#timer.cancel();
    this.#interrupt?.cancel();
  }

  /** Code that blocks cannot hear the signal: there is nothing to wait for. */
  #ifBlocked(): void {
    const { native, clock, graceMs } = this.#parts;
    const inside = native.tokenInside();
    const isBlocked = inside === tokenOf(this.#at) || inside === newsTokenOf(this.#at);
    if (graceMs !== null || isBlocked) return this.#force();
    const restMs = limit('cancelGraceMs') - limit('cancelGraceBlockedMs');
    this.#timer = clock.after(restMs, () => this.#force());
  }

  #force(): void {
    const { clock, graceMs } = this.#parts;
    this.#interrupt?.cancel();
    this.#interrupt = this.#interruptInside();
    if (this.#interrupt !== null) this.#reached('interrupt');
    void this.#endProcesses();
    // Caught at an inner boundary, its clean-up gets the same time again before it is interrupted as well.
    const againMs = Math.max(graceMs ?? limit('cancelGraceMs'), limit('cancelGraceBlockedMs'));
    this.#timer = clock.after(againMs, () => this.#force());
  }

  /**
   * What hears of the cancel is spared the first time, which may be the very moment it begins: cut short, it would
   * leave code waiting that was about to end.
   */
  #interruptInside(): Timer | null {
    const { native, clock } = this.#parts;
    const isFirst = !this.#hasForced;
    this.#hasForced = true;
    const interrupt = interruptUntilEnded(tokenOf(this.#at), native, clock);
    if (interrupt !== null || isFirst) return interrupt;
    return interruptUntilEnded(newsTokenOf(this.#at), native, clock);
  }

  async #endProcesses(): Promise<void> {
    if (this.#isKilling) return;
    this.#isKilling = true;
    const rungs = [
      { signal: 'SIGTERM', waitMs: this.#parts.termMs },
      { signal: 'SIGKILL', waitMs: limit('cancelTermMs') },
    ] as const;
    await this.#parts.processes.end(this.#at, rungs, 'canceled', (signal) =>
      this.#reached(signal === 'SIGTERM' ? 'terminate' : 'kill'),
    );
    this.#isKilling = false;
    this.#lookIfLost();
  }

  /** At the first time, the second, the fourth: each look costs every slot of the worker a pause. */
  #lookIfLost(): void {
    if (this.#isOver) return;
    this.#looks += 1;
    if ((this.#looks & (this.#looks - 1)) === 0) this.#parts.endIfLost();
  }

  #reached(stage: Stage): void {
    if (this.#isOver || STAGES.indexOf(stage) < STAGES.indexOf(this.#stage)) return;
    this.#stage = stage;
  }
}

// What one start of a worker went through until it was ready or failed: times, output, and why it failed.
import type { Clock } from '../../base/clock.ts';
import type { SetupReport } from './fleet.ts';
import { SetupLog } from './setup-log.ts';

export class SetupRecord {
  readonly #clock: Clock;
  readonly #log = new SetupLog();
  readonly #startedAt: number;
  #completedAt: number | null = null;
  #status: SetupReport['status'] = 'starting';

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  get report(): SetupReport {
    return {
      status: this.#status,
      startedAt: this.#startedAt,
      completedAt: this.#completedAt,
      logs: this.#log.text,
    };
  }

  output(text: string): void {
    if (this.#status === 'starting') this.#log.append(text);
  }

  succeeded(): void {
    this.#complete('succeeded');
  }

  failed(reason: string): void {
    if (this.#status !== 'starting') return;
    this.#log.appendLine(reason);
    this.#complete('failed');
  }

  #complete(status: SetupReport['status']): void {
    this.#status = status;
    this.#completedAt = this.#clock.now();
  }
}

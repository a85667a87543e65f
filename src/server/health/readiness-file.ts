// A file that exists while the server is ready, for probes that look for one (Cog: /var/run/cog/ready). Written after a
// healthcheck that succeeded, removed as soon as the server is not ready, and at every end of the process but SIGKILL;
// one that was left by an earlier server is removed at the start.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { limit } from '../../limits.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import type { Health } from './health.ts';

export interface ReadinessFileParts {
  readonly fleet: Pick<Fleet, 'onChange'>;
  readonly health: Pick<Health, 'readiness'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export class ReadinessFile {
  readonly #path: string;
  readonly #parts: ReadinessFileParts;
  #status: 'unopened' | 'absent' | 'present' | 'closed' = 'unopened';
  #unsubscribe: (() => void) | null = null;
  #timer: Timer | null = null;
  #hasWarned = false;

  constructor(file: string, parts: ReadinessFileParts) {
    this.#path = path.resolve(file);
    this.#parts = parts;
  }

  open(): void {
    if (existsSync(this.#path)) this.#remove();
    this.#status = 'absent';
    process.once('exit', this.#onExit);
    this.#unsubscribe = this.#parts.fleet.onChange(() => void this.#look());
    this.#lookAgain();
  }

  /** For good: the server drains. */
  close(): void {
    if (this.#status === 'present') this.#remove();
    this.#status = 'closed';
    this.#unsubscribe?.();
    this.#timer?.cancel();
    process.removeListener('exit', this.#onExit);
  }

  readonly #onExit = () => this.close();

  #lookAgain(): void {
    this.#timer = this.#parts.clock.after(limit('readinessCheckMs'), () => {
      this.#lookAgain();
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const isReady = (await this.#parts.health.readiness()) === null;
    if (isReady && this.#status === 'absent') this.#write();
    if (!isReady && this.#status === 'present') this.#remove();
  }

  #write(): void {
    try {
      mkdirSync(path.dirname(this.#path), { recursive: true });
      writeFileSync(this.#path, '');
      this.#status = 'present';
    } catch (error) {
      this.#warn(
        error,
        'cannot be written; name another --readiness-file, or give the server the right to write it',
      );
    }
  }

  #remove(): void {
    try {
      rmSync(this.#path, { force: true });
      if (this.#status === 'present') this.#status = 'absent';
    } catch (error) {
      this.#warn(error, 'cannot be removed; a probe may take this server for ready');
    }
  }

  /** Once: the reason stays the same until somebody mends it. */
  #warn(error: unknown, what: string): void {
    if (!this.#hasWarned) this.#parts.log.warn({ error }, `the readiness file ${this.#path} ${what}`);
    this.#hasWarned = true;
  }
}

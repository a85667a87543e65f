// Tells everybody who waited for a worker that it has ended, and why. Decides nothing about what follows.
import type { Logger } from '../../base/log.ts';
import type { PawlError } from '../../errors.ts';
import type { WorkerIndex } from '../../protocol/ids.ts';
import type { Slot } from '../slot/slot.ts';
import { failedWith } from '../slot/slot-outcome.ts';
import type { ControlChannel } from './control-channel.ts';
import { type EndFacts, endError, exitReason } from './exit-reason.ts';
import { LastOutput } from './last-output.ts';
import type { SetupRecord } from './setup-record.ts';
import type { WorkerOutput } from './worker-output.ts';
import type { WorkerProcess } from './worker-process.ts';

export type WorkerEnd =
  | { readonly kind: 'stopped' }
  /** `readyMs`: how long it was ready; null when it failed before. */
  | { readonly kind: 'failed'; readonly error: PawlError; readonly readyMs: number | null };

export interface EndingWorker {
  readonly index: WorkerIndex;
  readonly logger: Logger;
  readonly slots: readonly Slot[];
  readonly output: WorkerOutput;
  readonly setup: SetupRecord;
  /** null where it never started, likewise its channel. */
  readonly process: WorkerProcess | null;
  readonly control: ControlChannel | null;
  /** How long it was ready; null when it never was. */
  readonly readyMs: number | null;
}

export function endWorker(worker: EndingWorker, facts: Omit<EndFacts, 'isKilled'>): WorkerEnd {
  const { index, logger, slots, output, setup, process, control, readyMs } = worker;
  const last = new LastOutput({
    slots,
    output,
    remains: process?.remains ?? null,
    runtimeWords: process?.lastWords ?? '',
    isSetUp: readyMs !== null,
  });
  const reason = exitReason({ ...facts, isKilled: process?.isKilled ?? false });
  for (const slot of slots) slot.close(failedWith(endError(reason, 'prediction', last.wordsOf(slot))));
  control?.endChecks(endError(reason, 'healthcheck', last.words).message);
  const error = endError(reason, readyMs === null ? 'setup' : 'idle', last.words);
  setup.failed(error.message);
  if (facts.isStopping) return { kind: 'stopped' };
  logger.error({ worker: index, pid: process?.pid ?? null, code: error.code }, error.message);
  return { kind: 'failed', error, readyMs };
}

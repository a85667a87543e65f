// Runs scope.onCancel() callbacks after predict() has unwound: last registered first, each with a deadline of its own,
// and inside the interrupt gate while it blocks.
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { GuardResult } from '../../native/native-api.ts';

type Callback = () => void | Promise<void>;

export interface CallbackParts {
  readonly clock: Clock;
  readonly guard: <T>(call: () => T) => GuardResult<T>;
  readonly report: (error: unknown) => void;
}

export async function runCancelCallbacks(
  callbacks: readonly Callback[],
  parts: CallbackParts,
): Promise<void> {
  for (const callback of callbacks.toReversed()) {
    try {
      await runOne(callback, parts);
    } catch (error) {
      parts.report(error);
    }
  }
}

async function runOne(callback: Callback, { guard, clock }: CallbackParts): Promise<void> {
  const result = guard(callback);
  if (result.interrupted) throw new Error('a scope.onCancel callback blocked, and was interrupted');
  await withDeadline(Promise.resolve(result.value), clock);
}

async function withDeadline(work: Promise<void>, clock: Clock): Promise<void> {
  const ms = limit('onCancelMs');
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(ms, () =>
      reject(new Error(`a scope.onCancel callback took longer than ${ms} ms`)),
    );
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

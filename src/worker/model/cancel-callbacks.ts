// Runs scope.onCancel() callbacks after predict() has unwound: last registered first, each with a deadline of its own.
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';

export async function runCancelCallbacks(
  callbacks: readonly (() => void | Promise<void>)[],
  clock: Clock,
  report: (error: unknown) => void,
): Promise<void> {
  for (const callback of callbacks.toReversed()) {
    try {
      await withDeadline(Promise.resolve(callback()), clock);
    } catch (error) {
      report(error);
    }
  }
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

// fs.writeSync(1, …) and its relatives, as loggers use them: inside a prediction, descriptors 1 and 2 stand for its own
// pipes. Only the synchronous ones: what an asynchronous logger flushes later may hold lines of several predictions, so
// it stays on the process's descriptors, whose text is attributed only where one prediction runs.
import type fs from 'node:fs';
import type { OutputStream } from '../../../protocol/control-messages.ts';

const NAMES = ['writeSync', 'writevSync', 'writeFileSync', 'appendFileSync'] as const;

/** `target` gives the descriptor to use instead, null to change nothing. Returns what this Node does not have. */
export function patchFs(module: typeof fs, target: (stream: OutputStream) => number | null): string[] {
  return NAMES.filter((name) => {
    const original: unknown = module[name];
    if (typeof original !== 'function') return true;
    const patched = function (this: unknown, fd: unknown, ...rest: unknown[]): unknown {
      if (fd !== 1 && fd !== 2) return Reflect.apply(original, this, [fd, ...rest]);
      return Reflect.apply(original, this, [target(fd === 1 ? 'stdout' : 'stderr') ?? fd, ...rest]);
    };
    Object.defineProperties(patched, Object.getOwnPropertyDescriptors(original));
    return !Reflect.set(module, name, patched);
  });
}

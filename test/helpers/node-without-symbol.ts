// A Node that lacks one symbol the addon looks up: a copy of the running one whose symbol has another name.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The three that native/src/v8_terminate.cc needs. */
export const V8_SYMBOLS = [
  '_ZN2v87Isolate13TryGetCurrentEv',
  '_ZN2v87Isolate18TerminateExecutionEv',
  '_ZN2v87Isolate24CancelTerminateExecutionEv',
] as const;

/** Writes the copy into `folder`, which is the caller's to remove, and returns it. */
export function nodeWithoutSymbol(symbol: string, folder: string): string {
  const binary = readFileSync(process.execPath);
  const name = Buffer.from(`${symbol}\0`);
  let count = 0;
  for (let at = binary.indexOf(name); at >= 0; at = binary.indexOf(name, at + 1)) {
    // Of the same length; the hash tables lead to the old name still, and then the comparison fails.
    binary.write('?', at + symbol.length - 1);
    count += 1;
  }
  if (count === 0) throw new Error(`${process.execPath} does not hold ${symbol}; is it in a library?`);
  const copy = path.join(folder, 'node');
  writeFileSync(copy, binary);
  chmodSync(copy, 0o755);
  return copy;
}

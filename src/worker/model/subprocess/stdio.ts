// Reads and rewrites the `stdio` option of child_process: whatever would inherit stdout or stderr of the worker gets the
// descriptor of the work that starts the subprocess instead. Everything else stays as it is, wrong values included: Node
// explains them better.
import { isObject } from '../../../base/json.ts';
import type { OutputStream } from '../../../protocol/control-messages.ts';

const STREAM_BY_FD: { readonly [fd: number]: OutputStream } = { 1: 'stdout', 2: 'stderr' };

/** `inherited` is asked once for each position that inherits. stdin (0) is /dev/null in the worker and stays. */
export function remapStdio(stdio: unknown, inherited: (stream: OutputStream) => number): unknown {
  if (stdio === 'inherit') return remapStdio(['inherit', 'inherit', 'inherit'], inherited);
  if (!Array.isArray(stdio)) return stdio;
  return stdio.map((value: unknown, position) => {
    const fd = value === 'inherit' ? position : fdOf(value);
    const stream = fd === null ? undefined : STREAM_BY_FD[fd];
    return stream === undefined ? value : inherited(stream);
  });
}

/** The descriptor that Node would pass on for a number or a stream: process.stdout, an fs stream, a socket. */
function fdOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (!isObject(value)) return null;
  if (typeof value.fd === 'number') return value.fd;
  for (const handle of [value._handle, value.handle]) {
    if (isObject(handle) && typeof handle.fd === 'number') return handle.fd;
  }
  return null;
}

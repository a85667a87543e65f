// The addon's surface, in the order of native/src/addon.cc. Plain values; null, never undefined. System calls that
// fail throw an Error with `code`, `errno` and `syscall`, as Node's own do.

export interface Redirected {
  /** Original fd 0, moved to a close-on-exec descriptor >= 100. */
  readonly controlIn: number;
  /** Original fd 1, likewise. */
  readonly controlOut: number;
  /** Original fd 2, likewise. */
  readonly originalStderr: number;
  /** Read end of the pipe behind fd 1; non-blocking, close-on-exec. */
  readonly capturedStdout: number;
  /** Read end of the pipe behind fd 2, likewise. */
  readonly capturedStderr: number;
}

/** What became of a guarded call. Where it was interrupted, its value or exception is dropped. */
export type GuardResult<T> =
  | { readonly interrupted: false; readonly value: T }
  | { readonly interrupted: true };

export interface NativeApi {
  /**
   * Moves stdin, stdout and stderr away, puts /dev/null on 0 and capture pipes of `pipeBytes` (as far as the system
   * allows) on 1 and 2. Once per process; a second call returns the first result. Undone on failure.
   */
  redirect(pipeBytes: number): Redirected;
  /** A pipe for one more captured stream: read end non-blocking, write end blocking, both close-on-exec. */
  capturePipe(pipeBytes: number): { readonly readEnd: number; readonly writeEnd: number };
  /** Writes all of `bytes`, waiting where the descriptor is non-blocking and full. Retries EINTR. */
  writeAll(fd: number, bytes: Uint8Array): void;
  /** The same with a text, as UTF-8: a Buffer made for a line of log would take as long as the line. */
  writeText(fd: number, text: string): void;
  /**
   * Reads what is there now from a non-blocking descriptor, at most `into.length` bytes, and returns how many; 0 when
   * nothing is there or the writers are gone. Never throws EAGAIN.
   */
  readAvailable(fd: number, into: Uint8Array): number;
  /**
   * Whether readAvailable() would find something in one of four descriptors, some of which may be the same: one system
   * call for all, twice per prediction.
   */
  hasBytes(fd1: number, fd2: number, fd3: number, fd4: number): boolean;
  /** Bytes a pipe holds that nobody has read yet (FIONREAD; either end may be given). */
  pendingBytes(fd: number): number;
  /** Clears O_NONBLOCK, which a child process that inherited the descriptor may have set on the shared description. */
  setBlocking(fd: number): void;
  /** Flushes what the C library buffers of stdout and stderr, so that printf of native code reaches the pipe. */
  flushStdio(): void;
  /** Linux: orphaned descendants are re-parented to this process instead of init. False where the system cannot. */
  adoptOrphans(): boolean;
  /**
   * From now on abort() waits, a fraction of a second at most, until the pipes with these read ends are empty: their
   * reader ends with the process, and they hold the reason.
   */
  pauseAborts(capturedStdout: number, capturedStderr: number): void;
  /** Ends the process at once, from any thread; runs no exit handlers. Never returns. */
  exitNow(code: number): never;
  /**
   * On the main thread, before the first guard(). Null, or why this Node, this system or this thread cannot interrupt;
   * then guard() throws, and interrupt() and nudge() find nothing.
   */
  prepareInterrupts(): string | null;
  /**
   * Calls `call` so that interrupt() of the same token, an integer from 1 to 2^53-1, can end it. Calls may nest, with
   * the same or another token. An exception of `call` is thrown on as it is. Interrupted code runs neither catch nor
   * finally; Interruption in interrupt.ts mends what Node loses by that.
   */
  guard<T>(token: number, call: () => T): GuardResult<T>;
  /** The same without an object around the value: `whenInterrupted` stands for it, which takes a third of the time. */
  guard<T, I>(token: number, call: () => T, whenInterrupted: I): T | I;
  /**
   * From any thread: ends the innermost call if it is one of `token`, and only that one. False otherwise, also while
   * a call of `token` waits for one of another token that it contains. Nudge until the interrupted call has ended.
   */
  interrupt(token: number): boolean;
  /**
   * From any thread: asks again for what interrupt() was asked for, and never for more. False once the call has ended.
   * Needed because a signal that arrives just before a system call blocks is lost.
   */
  nudge(token: number): boolean;
  /** From any thread: the token of the innermost call, 0 where there is none. */
  tokenInside(): number;
  /** Reports `error` as uncaught, by which Node forgets every asynchronous context of the stack. */
  fatalException(error: Error): void;
  /** waitpid() without waiting: true when the child `pid` had ended and its entry is gone now. */
  reap(pid: number): boolean;
}

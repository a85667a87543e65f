// The ways of being stuck that the report measures. What each does is in test/fixtures/predictors/stuck.mjs, under the
// same name; nothing here says what a cancel should do about it.

export interface Way {
  /** What the fixture calls it. `download` is none of the fixture's: the input file never arrives. */
  readonly how: string;
  /** As a reader of the table knows it. */
  readonly title: string;
  /** In the prediction's log once it is about to be stuck. */
  readonly says: string;
  /** Subprocesses that are alive then. */
  readonly processes: number;
  /** Whether a cancel is expected to cost the worker, and is not made to wait the default time for it. */
  readonly costs: 'nothing' | 'worker';
}

export const WAYS: readonly Way[] = [
  way('loop', '`for (;;) {}`'),
  way('loopThatCatches', 'a loop in `try … catch` in a loop'),
  way('regex', 'catastrophic regular expression'),
  way('atomicsWait', '`Atomics.wait`'),
  way('generator', 'generator stuck in `next()`'),
  way('innerBoundary', '`interruptible()` that cleans up and rethrows'),
  way('blockedRead', '`fs.readSync` of a silent pipe'),
  way('blockedOpen', '`fs.openSync` of a FIFO without a writer'),
  way('execFileSync', "`execFileSync('sleep', ['600'])`", { processes: 1 }),
  way('shellThatIgnoresTerm', '`spawnSync` of a shell that ignores SIGTERM', { processes: 2 }),
  way('ffmpegSync', '`spawnSync` of ffmpeg, endless source', { processes: 1, says: 'Output #0' }),
  way('ffmpeg', '`spawn` of ffmpeg, endless source', { processes: 1, says: 'Output #0' }),
  way('subprocess', '`spawn` of `sleep`, awaited', { processes: 1 }),
  way('daemon', '`setsid`, forked twice, and a detached child', { processes: 2 }),
  way('download', 'download of an input file that never ends', { says: '' }),
  way('fileOutput', 'file output whose stream never ends'),
  way('upload', 'upload of an output file that the store never answers', { says: '' }),
  way('promise', '`await` of a promise that nothing can settle'),
  way('boundaryAfterAwait', '`interruptible()` around `for (;;) {}` after an `await`'),
  way('longTimer', '`await` of a timer that fires in ten minutes', { costs: 'worker' }),
  way('loopAfterAwait', '`for (;;) {}` after an `await`', { costs: 'worker' }),
  way('nativeCode', 'native code, `pbkdf2Sync`', { costs: 'worker' }),
];

function way(how: string, title: string, more: Partial<Way> = {}): Way {
  return { how, title, says: 'stuck', processes: 0, costs: 'nothing', ...more };
}

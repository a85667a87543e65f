// Makes subprocesses part of the prediction that starts them. Inside one:
//  - output that a subprocess inherits ('inherit', 1, 2, process.stdout, process.stderr) is in the prediction's log,
//    also with several predictions in one worker; inherited stdin is empty;
//  - the subprocess and its descendants carry PAWL_RUN in their environment, and what is left of them when the
//    prediction has ended, or was canceled, is ended as well. One that is meant to stay says so with PAWL_KEEP=1 in the `env` option:
//      spawn('daemon', { env: { ...process.env, PAWL_KEEP: '1' }, detached: true, stdio: 'inherit' })
//    It lives until it ends by itself or the worker does; what it inherits is the server's log, since it may write when
//    its prediction is long over. Whatever is started in setup() stays as well, without asking.
// Outside a prediction nothing changes but the mark. Call before user code is imported: a module that took spawnSync out
// of child_process earlier keeps the unpatched one. Worker threads of the user's have modules of their own: what they write raw is native output, and
// their subprocesses are known by the mark alone.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { Launch, type LaunchParts, type Starter } from './launch.ts';
import { patchAsync } from './patch-async.ts';
import { patchFs } from './patch-fs.ts';
import { patchSync } from './patch-sync.ts';
import { patchThreads } from './patch-threads.ts';

export interface SubprocessParts extends LaunchParts {
  /** The work that is running here. */
  readonly current: () => Starter | undefined;
  /** Says what could not be installed. */
  readonly report: (text: string) => void;
}

export function installSubprocesses(parts: SubprocessParts): void {
  const begin = (isKept: boolean): Launch | null => {
    const origin = parts.current();
    return origin === undefined ? null : new Launch(origin, isKept, parts);
  };
  const missing = [
    ...(patchAsync(childProcess, begin) ? [] : ['ChildProcess.prototype.spawn']),
    ...patchSync(childProcess, begin),
    ...(patchThreads(threads, begin) ? [] : ['Worker']),
    ...patchFs(fs, (stream) => {
      const origin = parts.current();
      if (origin === undefined || (origin.isActive && origin.at === null)) return null;
      return (origin.isActive ? origin.captureFd(stream) : null) ?? parts.detachedFd(stream);
    }),
  ];
  syncBuiltinESMExports();
  for (const name of missing) {
    parts.report(
      `this Node has no ${name} to patch: output written through it may miss its prediction's log`,
    );
  }
}

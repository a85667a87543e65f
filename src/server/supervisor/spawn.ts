// Starts a worker process: arguments, stdio, environment. It may see the server's environment, not its secrets. The
// command line loads this before everything else: it imports next to nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { packagePath } from '../../base/package-place.ts';
import {
  WORKER_DIRECTORY_VARIABLE,
  WORKER_EARLY_VARIABLE,
  WORKER_MARK_VARIABLE,
  WORKER_PREDICTOR_VARIABLE,
  WORKER_SOCKET_VARIABLE,
} from '../../protocol/environment.ts';

/** Arguments of `node`: the worker's file and what it is given. */
export type WorkerEntry = readonly string[];

export function defaultWorkerEntry(): WorkerEntry {
  return [packagePath('dist', 'worker', 'start', 'main.js')];
}

const SERVER_ONLY = [
  // Channels of the server itself; a worker that found them would take them for its own.
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  // Secrets: model code has no business with them.
  'WEBHOOK_AUTH_TOKEN',
  'PAWL_WEBHOOK_SECRET',
  'PAWL_AUTH_TOKEN_FILE',
  'SENTRY_DSN',
];

export interface WorkerMarks {
  readonly mark: string;
  readonly workDir: string;
  readonly slotSocketPath: string;
  readonly predictorPath: string;
}

export function workerEnvironment(env: NodeJS.ProcessEnv, marks: WorkerMarks): NodeJS.ProcessEnv {
  return {
    ...withoutServerOnly(env),
    [WORKER_MARK_VARIABLE]: marks.mark,
    [WORKER_DIRECTORY_VARIABLE]: marks.workDir,
    [WORKER_SOCKET_VARIABLE]: marks.slotSocketPath,
    [WORKER_PREDICTOR_VARIABLE]: marks.predictorPath,
  };
}

/** Of one that is told its places when they are known. */
export function earlyEnvironment(env: NodeJS.ProcessEnv, mark: string): NodeJS.ProcessEnv {
  return { ...withoutServerOnly(env), [WORKER_MARK_VARIABLE]: mark, [WORKER_EARLY_VARIABLE]: '1' };
}

function withoutServerOnly(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SERVER_ONLY.includes(name)));
}

/** `detached` gives the worker a session of its own: signals from the terminal pass it by, and its group can be killed. */
export function spawnNode(entry: WorkerEntry, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [...entry], { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env });
}

// The states of one worker process, and of the supervisor that keeps one running.
import type { Transitions } from '../../base/state-machine.ts';

/** spawning ends with hello, connecting with the last slot socket. setup_failed and crashed: ending or to be killed. */
export type WorkerStatus =
  | 'spawning'
  | 'connecting'
  | 'setting_up'
  | 'ready'
  | 'draining'
  | 'setup_failed'
  | 'crashed'
  | 'exited';

export const WORKER_TRANSITIONS: Transitions<WorkerStatus> = {
  spawning: ['connecting', 'draining', 'crashed'],
  connecting: ['setting_up', 'setup_failed', 'draining', 'crashed'],
  setting_up: ['ready', 'setup_failed', 'draining', 'crashed'],
  ready: ['draining', 'crashed'],
  draining: ['exited'],
  setup_failed: ['exited'],
  crashed: ['exited'],
  exited: [],
};

export function isLive(status: WorkerStatus): boolean {
  return status === 'spawning' || status === 'connecting' || status === 'setting_up' || status === 'ready';
}

/**
 * ending: the worker was given up and its process is not gone yet. waiting: the pause before the next start. parked:
 * the first setup failed. defunct: ended, and the restart policy is `never`.
 */
export type SupervisorStatus = 'starting' | 'ready' | 'ending' | 'waiting' | 'parked' | 'defunct' | 'stopped';

export const SUPERVISOR_TRANSITIONS: Transitions<SupervisorStatus> = {
  starting: ['ready', 'ending', 'stopped'],
  ready: ['ending', 'stopped'],
  ending: ['waiting', 'parked', 'defunct', 'stopped'],
  waiting: ['starting', 'stopped'],
  parked: ['waiting', 'stopped'],
  defunct: ['stopped'],
  stopped: [],
};

// Why the server takes no prediction now, in words for the client. A pure function of what the fleet reports.
import { PawlError } from '../../errors.ts';
import type { Fleet } from '../supervisor/fleet.ts';
import { NotTaken } from './refusal.ts';

const WAIT = 'Wait until it has finished, or GET /health-check for status.';

/** Null when predictions are taken. `lacksSchema`: the predictor has not been described yet. */
export function notReady(
  fleet: Fleet,
  lacksSchema: boolean,
  isDraining: boolean,
  nowMs: number,
): PawlError | null {
  if (isDraining)
    return new PawlError('PAWL_SHUTTING_DOWN', 'The server is shutting down and takes no predictions.');
  const why = fleet.failure === null ? '' : ` ${fleet.failure.message}`;
  const cause = fleet.failure === null ? {} : { cause: fleet.failure };
  switch (fleet.status) {
    case 'ready':
      return lacksSchema ? starting(fleet, nowMs) : null;
    case 'starting':
      return starting(fleet, nowMs);
    case 'recovering': {
      const text = `The worker ended and is being started again.${why}`;
      return new NotTaken('PAWL_NOT_READY', text, untilReadyMs(fleet, nowMs), cause);
    }
    case 'setup_failed':
      return new PawlError(
        'PAWL_SETUP_FAILED',
        `Setup failed; GET /health-check shows its logs.${why}`,
        cause,
      );
    case 'defunct':
      return new PawlError('PAWL_DEFUNCT', `No worker is left; restart the server.${why}`, cause);
    case 'stopped':
      return new PawlError('PAWL_SHUTTING_DOWN', 'The server has stopped its workers.');
  }
}

function starting(fleet: Fleet, nowMs: number): NotTaken {
  const text = `Setup has not finished yet. ${WAIT}`;
  return new NotTaken('PAWL_NOT_READY', text, untilReadyMs(fleet, nowMs));
}

// Nobody knows how long a setup takes. As long again as it has taken: asked again and again, that costs a client at
// most as much as the setup itself, in few requests.
function untilReadyMs({ setup }: Fleet, nowMs: number): number {
  return setup.completedAt === null ? nowMs - setup.startedAt : 0;
}

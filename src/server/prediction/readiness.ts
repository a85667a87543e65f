// Why the server takes no prediction now, in words for the client. A pure function of what the fleet reports.
import { PawlError } from '../../errors.ts';
import type { Fleet } from '../supervisor/fleet.ts';

const WAIT = 'Wait until it has finished, or GET /health-check for status.';

/** Null when predictions are taken. `lacksSchema`: the predictor has not been described yet. */
export function notReady(fleet: Fleet, lacksSchema: boolean, isDraining: boolean): PawlError | null {
  if (isDraining)
    return new PawlError('PAWL_SHUTTING_DOWN', 'The server is shutting down and takes no predictions.');
  const why = fleet.failure === null ? '' : ` ${fleet.failure.message}`;
  const cause = fleet.failure === null ? {} : { cause: fleet.failure };
  switch (fleet.status) {
    case 'ready':
      return lacksSchema ? starting() : null;
    case 'starting':
      return starting();
    case 'recovering':
      return new PawlError('PAWL_NOT_READY', `The worker ended and is being started again.${why}`, cause);
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

function starting(): PawlError {
  return new PawlError('PAWL_NOT_READY', `Setup has not finished yet. ${WAIT}`);
}

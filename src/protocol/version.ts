// The version handshake. The worker names its version in `hello`, the server in `init`; both refuse a stranger.
import { PawlError } from '../errors.ts';

/** Raised whenever a message changes in a way that an older peer would misread. */
export const PROTOCOL_VERSION = 1;

export function checkVersion(theirs: number, who: 'server' | 'worker'): void {
  if (theirs === PROTOCOL_VERSION) return;
  throw new PawlError(
    'PAWL_PROTOCOL',
    `the ${who} speaks protocol version ${theirs}, this side speaks ${PROTOCOL_VERSION}; ` +
      'run server and worker from the same installation of pawl',
  );
}

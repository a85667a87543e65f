// Environment variables that server and worker both know.

/** Set by the server for each worker and inherited by everything it starts, so that its descendants can be found. */
export const WORKER_MARK_VARIABLE = 'PAWL_WORKER_MARK';

/** A worker's own directory, which it removes should the server end before it could say anything. Seen by nobody else. */
export const WORKER_DIRECTORY_VARIABLE = 'PAWL_WORKER_DIR';

/** The path of a worker's slot socket, which it removes as well; empty for none. Seen by nobody else. */
export const WORKER_SOCKET_VARIABLE = 'PAWL_WORKER_SOCKET';

/** What a worker begins to load before anybody has told it more. Seen by nobody else. */
export const WORKER_PREDICTOR_VARIABLE = 'PAWL_WORKER_PREDICTOR';

/** Set where a worker was started early, and is told all three on its control channel. Seen by nobody else. */
export const WORKER_EARLY_VARIABLE = 'PAWL_WORKER_EARLY';

/** Start of the name of a server's own directory, which holds those of its workers. */
export const SERVER_DIRECTORY_PREFIX = 'pawl-';

// Environment variables that server and worker both know.

/** Set by the server for each worker and inherited by everything it starts, so that its descendants can be found. */
export const WORKER_MARK_VARIABLE = 'PAWL_WORKER_MARK';

/** A worker's own directory, which it removes should the server end before it could say anything. Seen by nobody else. */
export const WORKER_DIRECTORY_VARIABLE = 'PAWL_WORKER_DIR';

/** The path of a worker's slot socket, which it removes as well; empty for none. Seen by nobody else. */
export const WORKER_SOCKET_VARIABLE = 'PAWL_WORKER_SOCKET';

/** What a worker begins to load before anybody has told it more. Seen by nobody else. */
export const WORKER_PREDICTOR_VARIABLE = 'PAWL_WORKER_PREDICTOR';

/** Start of the name of a server's own directory, which holds those of its workers. */
export const SERVER_DIRECTORY_PREFIX = 'pawl-';

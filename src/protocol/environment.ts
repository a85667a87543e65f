// Environment variables that server and worker both know.

/** Set by the server for each worker and inherited by everything it starts, so that its descendants can be found. */
export const WORKER_MARK_VARIABLE = 'PAWL_WORKER_MARK';

/** Start of the name of a server's own directory, which holds those of its workers. */
export const SERVER_DIRECTORY_PREFIX = 'pawl-';

// Environment variables that server and worker both know.

/** Set by the server for each worker and inherited by everything it starts, so that its descendants can be found. */
export const WORKER_MARK_VARIABLE = 'PAWL_WORKER_MARK';

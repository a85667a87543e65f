// Exit codes of a worker process; the server puts them into words (server/supervisor/exit-reason.ts).

export const EXIT_CODES = {
  clean: 0,
  /** The predictor failed to load, or setup() failed; setup_failed was sent. */
  setupFailed: 65,
  /** A slot socket could not be connected or was lost. */
  transport: 66,
  /** The control channel ended: the server is gone. */
  serverGone: 69,
  /** A defect of the worker itself; fatal was sent. */
  fatal: 70,
} as const;

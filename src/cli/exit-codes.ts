// Exit codes of the `pawl` command. Scripts rely on them; each command's --help lists the ones it uses.

export const EXIT = {
  ok: 0,
  /** The work itself failed: a prediction, loading, setup(), or listening on the port. */
  failed: 1,
  /** The command was called wrongly, or the input does not fit the predictor. */
  usage: 2,
  /** Ended by Ctrl-C: 128 + SIGINT. */
  interrupted: 130,
  /** Ended by SIGTERM: 128 + SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

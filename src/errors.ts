// The error registry: every operating error Pawl can report, by code. docs/reference/errors.md is generated from it.
// Programmer errors are assertions (base/assert.ts), never entries here.

interface ErrorEntry {
  /** HTTP status where the error answers a request; null where it only ends a prediction, a worker or a command. */
  readonly status: number | null;
  /** May the same request succeed later, unchanged? */
  readonly retryable: boolean;
  /** When it happens and what to do about it; one or two sentences for the reference page. */
  readonly summary: string;
}

export const ERRORS = {
  PAWL_BODY_NOT_JSON: {
    status: 400,
    retryable: false,
    summary: 'The request body is not valid JSON. The message says where parsing stopped.',
  },
  PAWL_BAD_REQUEST: {
    status: 400,
    retryable: false,
    summary: 'The request itself is malformed, for instance its URL or a header. The message names the part.',
  },
  PAWL_UNAUTHORIZED: {
    status: 401,
    retryable: false,
    summary: 'The bearer token is missing or wrong (--auth-token-file).',
  },
  PAWL_NOT_FOUND: {
    status: 404,
    retryable: false,
    summary: 'No route has this path. GET /openapi.json describes all that exist.',
  },
  PAWL_PREDICTION_NOT_FOUND: {
    status: 404,
    retryable: false,
    summary: 'No prediction has this id, or it finished and is no longer kept (--retention).',
  },
  PAWL_FILE_NOT_FOUND: {
    status: 404,
    retryable: false,
    summary:
      'No stored file has this id: it expired (--file-retention), made room for others, or was deleted.',
  },
  PAWL_METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    summary: 'The path exists, but not with this method. The Allow header lists the methods.',
  },
  PAWL_NOT_ACCEPTABLE: {
    status: 406,
    retryable: false,
    summary: 'The client asks for an event stream that this route or predictor does not give.',
  },
  PAWL_REQUEST_TIMEOUT: {
    status: 408,
    retryable: true,
    summary: 'The client did not send its whole request in time.',
  },
  PAWL_AT_CAPACITY: {
    status: 409,
    retryable: true,
    summary: 'Every slot is busy. Retry later, or raise --workers or --concurrency.',
  },
  PAWL_ID_IN_USE: {
    status: 409,
    retryable: false,
    summary: 'A prediction with this id exists. PUT attaches to it; POST needs another id.',
  },
  PAWL_BODY_TOO_LARGE: {
    status: 413,
    retryable: false,
    summary:
      'The request body is larger than --max-body-bytes, or a file in it than --max-input-bytes, or it takes more memory or time to check than there is; the message says which.',
  },
  PAWL_UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    summary:
      'The body is neither application/json nor multipart/form-data. Send the Content-Type of what you send.',
  },
  PAWL_INPUT_INVALID: {
    status: 422,
    retryable: false,
    summary: 'The input does not fit the schema of the predictor; `detail` names each field.',
  },
  PAWL_REQUEST_INVALID: {
    status: 422,
    retryable: false,
    summary: 'A field of the request other than `input` is wrong; `detail` names it.',
  },
  PAWL_TOO_MANY_READERS: {
    status: 429,
    retryable: true,
    summary: 'The event stream of this prediction has as many readers as one may have.',
  },
  PAWL_HEADERS_TOO_LARGE: {
    status: 431,
    retryable: false,
    summary: 'The request headers together are larger than the limit.',
  },
  PAWL_INTERNAL: {
    status: 500,
    retryable: true,
    summary: 'A defect in Pawl. The server log holds the stack.',
  },
  PAWL_NOT_READY: {
    status: 503,
    retryable: true,
    summary: 'Setup has not finished. GET /health-check tells when it has.',
  },
  PAWL_SETUP_FAILED: {
    status: 503,
    retryable: false,
    summary: 'Loading or setup() failed; `setup.logs` in GET /health-check holds the output and the stack.',
  },
  PAWL_UNHEALTHY: {
    status: 503,
    retryable: true,
    summary: "Answer of GET /readyz while the predictor's healthcheck() fails. Predictions are still taken.",
  },
  PAWL_DEFUNCT: {
    status: 503,
    retryable: false,
    summary: 'No worker is left and none will be started. Restart the server.',
  },
  PAWL_SHUTTING_DOWN: {
    status: 503,
    retryable: true,
    summary: 'The server is draining and takes no new predictions.',
  },
  PAWL_STORAGE_FULL: {
    status: 507,
    retryable: true,
    summary:
      'There is no room for an uploaded file or a large body: the disk is full, or files in use take --max-stored-bytes.',
  },
  PAWL_PREDICT_FAILED: {
    status: null,
    retryable: false,
    summary: 'The predictor threw. `error` holds its name and message, `logs` the stack.',
  },
  PAWL_PREDICT_TIMEOUT: {
    status: null,
    retryable: false,
    summary: 'The prediction ran longer than --predict-timeout.',
  },
  PAWL_INPUT_FILE_FAILED: {
    status: null,
    retryable: true,
    summary: 'An input file could not be fetched or decoded, or is larger than --max-input-bytes.',
  },
  PAWL_OUTPUT_INVALID: {
    status: null,
    retryable: false,
    summary:
      'The predictor returned something JSON cannot carry, or that its output schema refuses; the path is named.',
  },
  PAWL_OUTPUT_FILE_FAILED: {
    status: null,
    retryable: true,
    summary: 'An output file could not be read or delivered.',
  },
  PAWL_WORKER_CRASHED: {
    status: null,
    retryable: true,
    summary: 'The worker process ended during the prediction; the message gives the signal or exit code.',
  },
  PAWL_PROTOCOL: {
    status: null,
    retryable: true,
    summary: 'Worker and server misunderstood each other. A defect, or a worker of another version.',
  },
  PAWL_WORK_DIR: {
    status: null,
    retryable: true,
    summary:
      'Nothing can be written below the work directory (--work-dir), for instance because the disk is full.',
  },
  PAWL_ADDON_UNAVAILABLE: {
    status: null,
    retryable: false,
    summary: 'The native addon could not be loaded; the message lists what was tried and how to mend it.',
  },
  PAWL_LOAD_FAILED: {
    status: null,
    retryable: false,
    summary: 'The predictor reference names no file or export, or its module threw while it was imported.',
  },
  PAWL_PREDICTOR_INVALID: {
    status: null,
    retryable: false,
    summary:
      'The predictor has the wrong shape, for instance both run and predict, or a schema without JSON Schema.',
  },
  PAWL_SETUP_THREW: { status: null, retryable: false, summary: 'setup() threw or its promise rejected.' },
  PAWL_SETUP_TIMEOUT: {
    status: null,
    retryable: false,
    summary: 'Loading and setup() took longer than --setup-timeout; the worker was killed.',
  },
  PAWL_USAGE: {
    status: null,
    retryable: false,
    summary: 'A command was called wrongly. The message names the flag and what it accepts.',
  },
  PAWL_PORT_IN_USE: {
    status: null,
    retryable: false,
    summary: 'Another process listens on the address. Choose another --port; 0 takes a free one.',
  },
  PAWL_CANNOT_LISTEN: {
    status: null,
    retryable: false,
    summary:
      '--host is no address of this machine, or the port needs rights that the user lacks. The message says which.',
  },
} as const satisfies Record<`PAWL_${string}`, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export class PawlError extends Error {
  override readonly name = 'PawlError';
  readonly code: ErrorCode;

  /** `message` says what happened, to which thing, and how to mend it. */
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

// Limits of captured output, from its pipes to the logs that hold it.
import { bytes, KiB, type Limit, MiB, ms } from './limit.ts';

export const LOG_LIMITS = {
  logLineBytesMax: bytes(
    4 * MiB,
    'A longer line is cut and ends in `[**** LOG LINE TRUNCATED AT 4 MiB ****]`.',
  ),
  logMessageBytesMax: bytes(
    64 * KiB,
    'Captured output is sent to the server in messages of about this size, cut between lines.',
  ),
  logIdleFlushMs: ms(50, 'An unfinished line is shown after this long without another byte.'),
  predictionLogBytesMax: bytes(
    32 * MiB,
    'Later log text of the prediction is counted, not kept; `logs` ends in a marker with the count.',
  ),
  setupLogBytesMax: bytes(
    4 * MiB,
    'The oldest setup output is dropped; `setup.logs` begins with a marker that gives the count.',
  ),
  capturePipeBytes: bytes(
    1 * MiB,
    'Size asked for the pipes behind stdout and stderr of a worker; a full pipe makes the writer wait.',
  ),
  slotPipeBytes: bytes(
    64 * KiB,
    'Size asked for the two pipes of each slot where a worker has several; a user may hold 64 MiB of pipes in all.',
  ),
  captureBacklogBytesMax: bytes(
    64 * KiB,
    'A worker whose server reads slowly stops reading captured output until it is taken; it stays in its pipe.',
  ),
  captureBusyMs: ms(
    5,
    'Captured output of one stream that comes in shorter intervals than this is read after a rest each time.',
  ),
  captureRestMs: ms(1, 'So long a rest is; what is written meanwhile stays in its pipe.'),
} as const satisfies Record<string, Limit>;

// Limits of webhooks: how often, how long, how many. A part of the table of ../limits.ts.
import { bytes, count, KiB, type Limit, MiB, ms } from './limit.ts';

export const WEBHOOK_LIMITS = {
  webhookIntervalMs: ms(
    500,
    'Webhooks about progress are this far apart; what changes meanwhile is in the next.',
    '--webhook-interval',
  ),
  webhookReportBytesPerS: bytes(
    1 * MiB,
    'A larger webhook about progress puts the next one off, so that on average they stay below this much a second.',
  ),
  webhookUrlBytesMax: bytes(8 * KiB, 'A prediction with a longer webhook URL is answered 422.'),
  webhookTryMs: ms(30_000, 'A webhook that has no answer by then counts as not delivered.'),
  webhookTriesMax: count(13, 'A terminal webhook that was not accepted this often is given up, and logged.'),
  webhookRetryMsMax: ms(102_400, 'Longest pause before a terminal webhook is sent again.'),
  webhookRetryAfterMsMax: ms(
    300_000,
    'A receiver that asks for a longer pause by Retry-After gets this one.',
  ),
  webhookYieldMs: ms(
    5_000,
    'A webhook about progress that is still on its way this long after the end is cut, so that the terminal one goes.',
  ),
  webhookFlushMs: ms(
    5_000,
    'Time for terminal webhooks when the server stops and --shutdown-grace is used up.',
  ),
  webhookHurriedMs: ms(
    1_000,
    'Longest pause between two tries of a terminal webhook while the server stops.',
  ),
  webhookBacklogMax: count(
    1_000,
    'Of more terminal webhooks that wait for delivery the oldest is given up, and logged.',
  ),
  webhookBacklogBytesMax: bytes(
    256 * MiB,
    'The same by size; webhooks about progress wait until what they would hold fits.',
  ),
} as const satisfies Record<string, Limit>;

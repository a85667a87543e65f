// The header Cancel-After: when a prediction is canceled that has not ended. As on Replicate: hours, minutes and
// seconds, and a number alone is seconds: `1h30` might mean either. Milliseconds are ours, for models that take no
// longer, and so are times below the five seconds that Replicate asks for at least.
import type { IncomingHttpHeaders } from 'node:http';
import { limit } from '../../limits.ts';
import { RequestRefused, valueIssue } from '../prediction/refusal.ts';

const NAME = 'Cancel-After';
const DURATION = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;
const SECONDS = /^\d{1,9}$/;
const HOUR_MS = 3_600_000;

/** Null where there is no deadline. Throws RequestRefused. */
export function readCancelAfter(headers: IncomingHttpHeaders): number | null {
  const value = headers[NAME.toLowerCase()];
  if (value === undefined) return null;
  const ms = parse(String(value));
  const msMax = limit('cancelAfterMsMax');
  if (ms !== null && ms > 0 && ms <= msMax) return ms;
  const message = `must be a time from 1ms to ${msMax / HOUR_MS}h in whole numbers, such as 90s, 5m, 1h30m or 500ms`;
  throw new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue([NAME], message)], 'header');
}

function parse(text: string): number | null {
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const [whole, hours = '0', minutes = '0', seconds = '0', milliseconds = '0'] = DURATION.exec(text) ?? [];
  if (whole === undefined || whole === '') return null;
  return Number(hours) * HOUR_MS + Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(milliseconds);
}

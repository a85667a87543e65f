// The fields of a create request: what Cog's clients may send, checked. Fields it does not know are ignored.
import { isObject, type Json } from '../../base/json.ts';
import { limit } from '../../limits.ts';
import type { PredictionId } from '../../protocol/ids.ts';
import { LargeInput } from '../prediction/large-input.ts';
import { ID_RULE, predictionId } from '../prediction/prediction-id.ts';
import { type Issue, RequestRefused, valueIssue } from '../prediction/refusal.ts';
import { WEBHOOK_EVENTS, type WebhookEvent } from '../webhook/webhook-event.ts';

export interface PredictionBody {
  readonly id: PredictionId | null;
  readonly input: Json | LargeInput;
  readonly context: { readonly [key: string]: string };
  readonly webhook: { readonly url: URL; readonly events: readonly WebhookEvent[] } | null;
  /** What the client calls the predictor, for the face that shows it. */
  readonly version: string | null;
}

type Body = Record<string, unknown>;

export function readPredictionBody(body: Body): PredictionBody {
  const issues: Issue[] = [];
  const id = readId(own(body, 'id'), issues);
  const input = readInput(own(body, 'input'));
  const context = readContext(own(body, 'context'), issues);
  const url = readWebhook(own(body, 'webhook'), issues);
  const events = readEvents(own(body, 'webhook_events_filter'), issues);
  const version = readVersion(own(body, 'version'), issues);
  if (issues.length > 0) throw new RequestRefused('PAWL_REQUEST_INVALID', issues);
  return { id, input, context, webhook: url === null ? null : { url, events }, version };
}

function own(body: Body, field: string): unknown {
  return Object.hasOwn(body, field) ? body[field] : undefined;
}

function readId(value: unknown, issues: Issue[]): PredictionId | null {
  if (value === undefined || value === null) return null;
  const id = typeof value === 'string' ? predictionId(value) : null;
  if (id === null) issues.push(valueIssue(['id'], typeof value === 'string' ? ID_RULE : 'must be string'));
  return id;
}

/** Whether it fits is for the predictor's schema to say. */
function readInput(value: unknown): Json | LargeInput {
  if (value instanceof LargeInput) return value;
  // It comes out of JSON.parse, so it is JSON.
  return value === undefined || value === null ? {} : (value as Json);
}

function readContext(value: unknown, issues: Issue[]): { readonly [key: string]: string } {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) {
    issues.push(valueIssue(['context'], 'must be object'));
    return {};
  }
  const entries: [string, string][] = [];
  const bytesMax = limit('contextBytesMax');
  let bytes = 0;
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') entries.push([key, text]);
    else issues.push(valueIssue(['context', key], 'must be string'));
    bytes += Buffer.byteLength(key) + (typeof text === 'string' ? Buffer.byteLength(text) : 0);
    if (bytes <= bytesMax) continue;
    issues.push(valueIssue(['context'], `must not be larger than ${bytesMax} bytes; send more as an input`));
    return {};
  }
  return Object.fromEntries(entries);
}

function readWebhook(value: unknown, issues: Issue[]): URL | null {
  if (value === undefined || value === null) return null;
  const bytesMax = limit('webhookUrlBytesMax');
  if (typeof value !== 'string') issues.push(valueIssue(['webhook'], 'must be string'));
  else if (value.length > bytesMax)
    issues.push(valueIssue(['webhook'], `must not be longer than ${bytesMax} bytes`));
  else if (/^https?:\/\//i.test(value) && URL.canParse(value)) return new URL(value);
  else issues.push(valueIssue(['webhook'], 'must be an http: or https: URL'));
  return null;
}

/** Cog ignores it; whatever is no text is ignored here, too. */
function readVersion(value: unknown, issues: Issue[]): string | null {
  if (typeof value !== 'string') return null;
  const lengthMax = limit('versionLengthMax');
  if (value.length <= lengthMax) return value;
  issues.push(valueIssue(['version'], `must not be longer than ${lengthMax} characters`));
  return null;
}

function readEvents(value: unknown, issues: Issue[]): readonly WebhookEvent[] {
  if (value === undefined) return WEBHOOK_EVENTS;
  if (!Array.isArray(value)) {
    issues.push(valueIssue(['webhook_events_filter'], 'must be array'));
    return [];
  }
  value.forEach((event: unknown, index) => {
    if (WEBHOOK_EVENTS.some((known) => known === event)) return;
    const message = `must be one of ${WEBHOOK_EVENTS.map((known) => `"${known}"`).join(', ')}`;
    issues.push(valueIssue(['webhook_events_filter', index], message));
  });
  return WEBHOOK_EVENTS.filter((known) => value.includes(known));
}

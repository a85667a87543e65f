// One webhook request: headers, signature, deadline, and what became of it. Knows nothing of order and retries. Never
// shows more of a URL than its origin: the rest may hold a secret.
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import { follow } from '../../net/follow.ts';
import type { HttpClient } from '../../net/http-client.ts';
import { describeNetError, NetFailure } from '../../net/net-failure.ts';
import { PAWL_VERSION } from '../../version.ts';
import type { ComposedBody } from '../payload/composed-body.ts';
import { answerOf, type DeliveryAnswer } from './retry.ts';
import { sign, signStored } from './signature.ts';
import type { WebhookTarget } from './webhook-event.ts';

export interface Message {
  /** The same for every try, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly body: Buffer | ComposedBody;
}

export interface Delivery {
  readonly answer: DeliveryAnswer;
  /** Why it was not accepted, as the end of a sentence; empty where it was. */
  readonly reason: string;
}

export interface Sending {
  readonly delivery: Promise<Delivery>;
  /** Ends the request; `delivery` still settles. */
  cut(): void;
}

export interface Sender {
  /** Why no webhook goes to a URL, as the end of a sentence; null as long as only a look-up could tell. */
  refusal(url: URL): string | null;
  send(target: WebhookTarget, message: Message): Sending;
  /** Ends every connection. */
  close(): void;
}

export interface SenderParts {
  readonly client: HttpClient;
  readonly clock: Clock;
  /** Sent as a bearer token, to the origin of the webhook only; credentials in its URL win. */
  readonly authToken: string | null;
  readonly key: Buffer | null;
}

export class WebhookSender implements Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  refusal(url: URL): string | null {
    return this.#parts.client.refusal(url);
  }

  close(): void {
    this.#parts.client.close();
  }

  send(target: WebhookTarget, message: Message): Sending {
    const controller = new AbortController();
    const tryMs = limit('webhookTryMs');
    let reason: string | null = null;
    const timer = this.#parts.clock.after(tryMs, () => {
      reason = `it did not answer within ${tryMs / 1000} s`;
      controller.abort();
    });
    const delivery = this.#post(target, message, controller.signal)
      .catch((error: unknown) => failed(error, reason))
      .finally(() => timer.cancel());
    return { delivery, cut: () => controller.abort() };
  }

  async #post(target: WebhookTarget, message: Message, signal: AbortSignal): Promise<Delivery> {
    const { client, clock, authToken } = this.#parts;
    const { response, discard } = await follow(client, {
      url: target.url,
      method: 'POST',
      headers: await this.#headers(target, message),
      body: message.body,
      authorization: authToken === null ? null : `Bearer ${authToken}`,
      signal,
    });
    discard();
    const { statusCode = 0, headers } = response;
    const answer = answerOf(statusCode, headers['retry-after'], clock.now());
    return { answer, reason: answer.type === 'accepted' ? '' : `it answered ${statusCode}` };
  }

  async #headers(target: WebhookTarget, message: Message): Promise<{ [name: string]: string }> {
    const timestamp = Math.floor(this.#parts.clock.now() / 1000);
    const { key } = this.#parts;
    return {
      'user-agent': `pawl/${PAWL_VERSION}`,
      'content-type': 'application/json',
      ...target.trace,
      'webhook-id': message.id,
      'webhook-timestamp': String(timestamp),
      ...(key === null ? {} : { 'webhook-signature': await signatureOf(key, message, timestamp) }),
    };
  }
}

function signatureOf(key: Buffer, { id, body }: Message, timestamp: number): string | Promise<string> {
  return Buffer.isBuffer(body) ? sign(key, id, timestamp, body) : signStored(key, id, timestamp, body);
}

function failed(error: unknown, timeout: string | null): Delivery {
  // What the rules or the redirects forbid, they forbid again.
  const answer: DeliveryAnswer =
    error instanceof NetFailure ? { type: 'refused' } : { type: 'retry', afterMs: null };
  return { answer, reason: timeout ?? describeNetError(error) };
}

// Takes webhooks instead of a network, and answers when a test says so.
import { deferred } from '../../src/base/deferred.ts';
import type { DeliveryAnswer } from '../../src/server/webhook/retry.ts';
import type { Delivery, Message, Sender, Sending } from '../../src/server/webhook/sender.ts';
import type { WebhookTarget } from '../../src/server/webhook/webhook-event.ts';

export interface SentWebhook {
  readonly id: string;
  readonly target: WebhookTarget;
  readonly body: { readonly [key: string]: unknown };
  readonly isCut: boolean;
  /** Resolves once the server has taken the answer. */
  answer(answer?: DeliveryAnswer | 'retry'): Promise<void>;
}

export class FakeSender implements Sender {
  readonly sent: SentWebhook[] = [];
  isClosed = false;
  refuses: string | null = null;

  refusal(): string | null {
    return this.refuses;
  }

  send(target: WebhookTarget, { id, body }: Message): Sending {
    const answered = deferred<Delivery>();
    const sent = {
      id,
      target,
      body: JSON.parse(body.toString()),
      isCut: false,
      answer: async (how: DeliveryAnswer | 'retry' = { type: 'accepted' }) => {
        const answer: DeliveryAnswer = how === 'retry' ? { type: 'retry', afterMs: null } : how;
        answered.resolve({ answer, reason: answer.type === 'accepted' ? '' : 'it answered 500' });
        await new Promise(setImmediate);
      },
    };
    this.sent.push(sent);
    return {
      delivery: answered.promise,
      cut: () => {
        sent.isCut = true;
        void sent.answer('retry');
      },
    };
  }

  close(): void {
    this.isClosed = true;
  }

  get last(): SentWebhook {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('no webhook was sent');
    return last;
  }

  /** `status` of the bodies sent so far. */
  get statuses(): unknown[] {
    return this.sent.map(({ body }) => body.status);
  }
}

// Every webhook of the server: hands out observers of predictions, and delivers what is open when the server stops.
import { assert } from '../../base/assert.ts';
import { type Deferred, deferred } from '../../base/deferred.ts';
import type { Config } from '../../config.ts';
import { HttpClient } from '../../net/http-client.ts';
import { UrlGuard } from '../../net/url-guard.ts';
import type { PredictionObserver } from '../prediction/events.ts';
import type { Prediction } from '../prediction/prediction.ts';
import { Backlog } from './backlog.ts';
import { type Sender, WebhookSender } from './sender.ts';
import { type SeriesParts, WebhookSeries } from './series.ts';
import { parseWebhookSecret } from './signature.ts';
import type { WebhookTarget } from './webhook-event.ts';

/** What every series needs; when one is over is between it and this. */
export type WebhooksParts = Omit<SeriesParts, 'onOver'>;

type Surroundings = Pick<WebhooksParts, 'clock' | 'log'> & { readonly sender?: Sender | undefined };

export function createWebhooks(config: Config, { clock, log, sender }: Surroundings): Webhooks {
  const { webhookIntervalMs: intervalMs, webhookAuthToken: authToken, webhookSecret } = config;
  const key = webhookSecret === null ? null : parseWebhookSecret(webhookSecret);
  assert(webhookSecret === null || key !== null, 'the webhook secret was checked when it was read');
  const client = new HttpClient(new UrlGuard(config), clock);
  return new Webhooks({
    sender: sender ?? new WebhookSender({ client, clock, authToken, key }),
    backlog: new Backlog(),
    clock,
    log,
    intervalMs,
    random: Math.random,
  });
}

export class Webhooks {
  readonly #parts: WebhooksParts;
  readonly #open = new Set<WebhookSeries>();
  #drained: Deferred<void> | null = null;

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  /** Why no webhook goes there, as the end of a sentence; null as long as only a look-up could tell. */
  refusal(url: URL): string | null {
    return this.#parts.sender.refusal(url);
  }

  /** For one prediction; costs nothing until that prediction tells something. */
  observer(target: WebhookTarget): PredictionObserver {
    let series: WebhookSeries | null = null;
    return (event, prediction) => {
      if (event.type === 'metric') return;
      series ??= this.#begin(target, prediction);
      if (event.type === 'completed') series.happen({ type: 'ended' });
      else series.happen({ type: 'changed', what: event.type === 'log' ? 'logs' : event.type });
    };
  }

  /**
   * Waits at most `ms` until everything is delivered; what then is not is given up, and logged. To be called when no
   * prediction runs any more; may be called again with less patience.
   */
  async drain(ms: number): Promise<void> {
    for (const series of this.#open) series.happen({ type: 'hurried' });
    if (this.#open.size === 0) return;
    this.#drained ??= deferred();
    const timer = this.#parts.clock.after(ms, () => {
      for (const series of this.#open) series.abandon();
    });
    await this.#drained.promise;
    timer.cancel();
  }

  /** Ends every connection. */
  close(): void {
    this.#parts.sender.close();
  }

  #begin(target: WebhookTarget, prediction: Prediction): WebhookSeries {
    const series: WebhookSeries = new WebhookSeries(target, prediction, {
      ...this.#parts,
      onOver: () => {
        this.#open.delete(series);
        if (this.#open.size === 0) this.#drained?.resolve();
      },
    });
    this.#open.add(series);
    return series;
  }
}

// What a webhook may tell about, as a client names it, and where it goes.

export const WEBHOOK_EVENTS = ['start', 'output', 'logs', 'completed'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface WebhookTarget {
  readonly url: URL;
  readonly events: readonly WebhookEvent[];
  /** `traceparent` and `tracestate` of the request that created the prediction, as far as they are well-formed. */
  readonly trace: { readonly [header: string]: string };
}

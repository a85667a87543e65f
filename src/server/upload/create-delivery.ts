// Which way the configuration wants outputs to go.
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Config } from '../../config.ts';
import { HttpClient } from '../../net/http-client.ts';
import { UrlGuard } from '../../net/url-guard.ts';
import type { OutputDelivery } from '../prediction/output-delivery.ts';
import type { DataUrlForm } from './data-url.ts';
import { InlineDelivery } from './inline-delivery.ts';
import { OutputArea } from './output-area.ts';
import { UploadDelivery } from './upload-delivery.ts';
import { Uploader } from './uploader.ts';

export interface ClosableDelivery {
  readonly delivery: OutputDelivery;
  /** Ends its connections. */
  close(): void;
}

export interface DeliveryParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly dataUrls: DataUrlForm;
}

/** `directory` is asked for, and made, when there is a first file. */
export function createDelivery(
  { uploadUrl, uploadMs }: Config,
  directory: () => string,
  { clock, log, dataUrls }: DeliveryParts,
): ClosableDelivery {
  const area = new OutputArea(directory, log);
  if (uploadUrl === null) return { delivery: new InlineDelivery(area, dataUrls), close: () => {} };
  // The operator's own server: the rules for URLs that clients name are not for it.
  const client = new HttpClient(new UrlGuard({ urlAccess: 'any', urlHosts: [] }), clock);
  const uploader = new Uploader({ client, clock, base: new URL(uploadUrl), tryMs: uploadMs });
  return { delivery: new UploadDelivery(area, uploader), close: () => client.close() };
}

// GET /predictions: a page of predictions, newest first, and the URLs of the pages beside it.
import type { FastifyRequest } from 'fastify';
import { limit } from '../../limits.ts';
import type { Mode } from '../../protocol/control-messages.ts';
import type { PageStart } from '../prediction/creation-order.ts';
import type { Prediction } from '../prediction/prediction.ts';
import type { PredictionObject } from '../prediction/prediction-object.ts';
import { RequestRefused, valueIssue } from '../prediction/refusal.ts';
import type { PredictionService } from '../prediction/service.ts';
import { baseUrl } from './base-url.ts';

export interface PredictionList {
  readonly results: readonly PredictionObject[];
  readonly next: string | null;
  readonly previous: string | null;
}

export function predictionList(
  service: PredictionService,
  mode: Mode,
  request: FastifyRequest,
  show: (prediction: Prediction) => PredictionObject,
): PredictionList {
  const url = new URL(request.url, baseUrl(request));
  const { start, count } = readListQuery(url.searchParams);
  const page = service.page(mode, start, count);
  const pageUrl = (cursor: string) => {
    const other = new URL(url);
    other.searchParams.set('cursor', cursor);
    return other.href;
  };
  return {
    results: page.predictions.map(show),
    next: page.hasOlder ? pageUrl(`before-${page.oldest}`) : null,
    previous: page.hasNewer ? pageUrl(`after-${page.newest}`) : null,
  };
}

export function readListQuery(query: URLSearchParams): { readonly start: PageStart; readonly count: number } {
  const countMax = limit('listPageMax');
  const wanted = query.get('limit');
  const count = wanted === null ? countMax : Number(wanted);
  if (wanted !== null && !(/^\d+$/.test(wanted) && count >= 1 && count <= countMax)) {
    refuse('limit', `must be a whole number from 1 to ${countMax}`);
  }
  return { start: readCursor(query.get('cursor')), count };
}

function readCursor(cursor: string | null): PageStart {
  if (cursor === null) return null;
  const [, side, number] = /^(before|after)-(\d{1,15})$/.exec(cursor) ?? [];
  if (side === undefined) refuse('cursor', 'must come from `next` or `previous` of another page');
  return side === 'before' ? { olderThan: Number(number) } : { newerThan: Number(number) };
}

function refuse(name: string, message: string): never {
  throw new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue([name], message)], 'query');
}

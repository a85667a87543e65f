// A prediction as Replicate's client sees it: every key is there, and `urls` say where it goes on.
import type { Prediction } from '../prediction/prediction.ts';
import { type PredictionObject, predictionObject } from '../prediction/prediction-object.ts';
import type { StreamKeys } from './stream-keys.ts';

/** What the request called the model; nothing here depends on it. */
export interface ModelName {
  readonly model: string;
  readonly version: string;
}

const UNNAMED: ModelName = { model: 'pawl/predictor', version: 'current' };

export class PredictionViews {
  readonly #keys: StreamKeys | null;
  readonly #names = new WeakMap<Prediction, ModelName>();

  /** Null where streams are open to everybody. */
  constructor(keys: StreamKeys | null) {
    this.#keys = keys;
  }

  named(prediction: Prediction, name: Partial<ModelName>): void {
    this.#names.set(prediction, { ...UNNAMED, ...name });
  }

  /** `base` is where the client found this API, without a slash at the end. */
  view(prediction: Prediction, base: string): PredictionObject {
    const { model, version } = this.#names.get(prediction) ?? UNNAMED;
    const absent = { output: null, error: null, started_at: null, completed_at: null };
    return {
      ...absent,
      ...predictionObject(prediction, 'full'),
      model,
      version,
      source: 'api',
      data_removed: false,
      urls: this.#urls(prediction, base),
    };
  }

  #urls({ id, journal }: Prediction, base: string): { readonly [name: string]: string } {
    const get = `${base}/predictions/${id}`;
    const urls = { get, cancel: `${get}/cancel` };
    if (journal === null) return urls;
    const key = this.#keys === null ? '' : `?key=${this.#keys.of(id)}`;
    return { ...urls, stream: `${get}/stream${key}` };
  }
}

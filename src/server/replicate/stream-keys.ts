// Keys that open the event stream of one prediction. Replicate's client reads `urls.stream` without its token, so where
// tokens are asked for the URL itself has to say that it was handed out here.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

export class StreamKeys {
  // A key is worth as long as the process: so are the predictions it knows.
  readonly #secret = randomBytes(SECRET_BYTES);

  of(id: string): string {
    return this.#digest(id).toString('hex');
  }

  accepts(id: string, key: string): boolean {
    const wanted = this.#digest(id);
    const shown = Buffer.from(key, 'hex');
    return shown.length === wanted.length && timingSafeEqual(shown, wanted);
  }

  #digest(id: string): Buffer {
    return createHmac('sha256', this.#secret).update(id).digest();
  }
}

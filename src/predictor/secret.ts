// A secret input: holds a text and gives it away only when asked by name.

const BRAND = Symbol.for('pawl.Secret');
const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const MASK = '**********';

/** Whatever prints or serialises it writes `**********`; `reveal()` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  get [BRAND](): true {
    return true;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [INSPECT](): string {
    return MASK;
  }
}

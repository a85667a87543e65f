// The error that cancelation throws into user code.

const BRAND = Symbol.for('pawl.CancelationError');

/** Thrown, or the reason of scope.signal, when a prediction is canceled. `instanceof` works over package copies. */
export class CancelationError extends Error {
  override readonly name = 'CancelationError';
  readonly code = 'PAWL_CANCELED';
  readonly [BRAND] = true;

  constructor(message = 'the prediction was canceled') {
    super(message);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

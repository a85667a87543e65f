// Clients that ask before they send a body (Expect: 100-continue): told to go on when somebody begins to read it, so
// that whatever can be refused by its headers is refused before it was sent.
import type { IncomingMessage, ServerResponse } from 'node:http';

const asking = new WeakSet<IncomingMessage>();

/** Before anything else has seen the request. */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  asking.add(request);
  const read = request._read;
  request._read = function readAfterAnswer(this: IncomingMessage, size) {
    // Node itself reads what is left of a request after its answer.
    if (asking.delete(request) && !response.headersSent) response.writeContinue();
    Reflect.apply(read, this, [size]);
  };
}

/** True where the client has been told nothing yet. From now on it is not told to go on. */
export function refuseToContinue(request: IncomingMessage): boolean {
  return asking.delete(request);
}

// The body of a request as a stream that may fail without costing the connection: the client can still read why.
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { PawlError } from '../../../errors.ts';

export interface BodyPipe {
  /** Rejects when the client is gone, or cut off, before the body ended. */
  readonly broken: Promise<never>;
  /** What is still to come is read and dropped. */
  stop(): void;
}

export function pipeBody(request: IncomingMessage, target: Writable): BodyPipe {
  const broken = new Promise<never>((_resolve, reject) => {
    const fail = (cause?: Error) => {
      const message = 'The connection ended in the middle of the request body.';
      reject(new PawlError('PAWL_BAD_REQUEST', message, { cause }));
    };
    request.on('error', fail);
    request.on('close', () => {
      if (!request.readableEnded) fail();
    });
    if (request.destroyed && !request.readableEnded) fail();
  });
  // Who is no longer waiting has got another answer.
  broken.catch(() => {});
  request.pipe(target);
  const stop = () => {
    request.unpipe(target);
    request.resume();
  };
  return { broken, stop };
}

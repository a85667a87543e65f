// An answer that comes before the request was read to its end: the client gets all of it at once and is told that the
// connection closes; until then what it still sends is read and dropped, for a while. Closed at once, with bytes unread,
// the connection would be reset, and the client might never see the answer. A client that has asked whether it should
// send its body may do so or not after such an answer, so that nothing else can follow on its connection either.
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../base/clock.ts';
import { limit } from '../../limits.ts';
import type { ErrorReply } from './error-reply.ts';
import { refuseToContinue } from './expect-continue.ts';
import { sendText } from './reply.ts';

export function sendRefusal(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  { status, headers, body }: ErrorReply,
  clock: Clock,
): FastifyReply {
  reply.headers(headers);
  // Fastify means to close where a body was too large; whether that is needed is decided here.
  reply.removeHeader('connection');
  if (!refuseToContinue(raw) && !hasMuchToCome(raw)) return sendText(reply, status, body);
  return reply
    .code(status)
    .headers({
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    .send(answerUntilRead(raw, body, clock));
}

/** The rest of a small body comes with the next packet, and the connection is worth keeping. */
function hasMuchToCome(request: IncomingMessage): boolean {
  if (request.complete || request.readableEnded) return false;
  const length = request.headers['content-length'];
  if (length !== undefined) return Number(length) > limit('discardBytesMax');
  return request.headers['transfer-encoding'] !== undefined;
}

/** Everything at once; the end of the stream, and with it that of the connection, only when the request has ended. */
function answerUntilRead(request: IncomingMessage, body: string, clock: Clock): Readable {
  const answer = new Readable({ read: () => {} });
  answer.push(body);
  const end = () => {
    timer.cancel();
    request.off('end', end).off('close', end);
    answer.push(null);
  };
  const timer = clock.after(limit('refusedBodyMs'), end);
  request.on('end', end).on('close', end).resume();
  answer.on('close', end);
  return answer;
}

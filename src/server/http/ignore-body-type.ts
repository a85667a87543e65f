// For routes that have no use for a body: whatever Content-Type came, the request is not refused for it.
import type { onRequestHookHandler } from 'fastify';

export const ignoreBodyType: onRequestHookHandler = (request, _reply, done) => {
  delete request.raw.headers['content-type'];
  done();
};

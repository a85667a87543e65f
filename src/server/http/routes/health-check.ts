// GET /health-check, always 200, and the probes, whose status code is the answer.
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { PawlError } from '../../../errors.ts';
import type { Health } from '../../health/health.ts';
import { OPEN } from '../access/bearer-hook.ts';
import { sendError, sendJson } from '../reply.ts';

export function healthRoutes(app: FastifyInstance, health: Health): void {
  app.get('/health-check', OPEN, async (_request, reply) => sendJson(reply, 200, await health.report()));
  app.get('/livez', OPEN, (_request, reply) => answerProbe(reply, health.liveness()));
  app.get('/readyz', OPEN, async (_request, reply) => answerProbe(reply, await health.readiness()));
  app.get('/startupz', OPEN, (_request, reply) => answerProbe(reply, health.startup()));
}

function answerProbe(reply: FastifyReply, refusal: PawlError | null): FastifyReply {
  return refusal === null ? sendJson(reply, 200, { status: 'ok' }) : sendError(reply, refusal);
}

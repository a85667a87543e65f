// Lets pages of other origins use the API (--cors-origin). Without origins nothing is said about them, and browsers
// keep such pages out.
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What a page may read of an answer, beside its body. */
const EXPOSED = ['Allow', 'Location', 'Preference-Applied', 'Retry-After', 'WWW-Authenticate'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];
// Browsers ask again after two hours at the latest.
const MAX_AGE_S = 7_200;

/** `*` is every origin. Must come before whatever asks for a token: a preflight request cannot carry one. */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: METHODS,
    exposedHeaders: EXPOSED,
    maxAge: MAX_AGE_S,
    // Else an OPTIONS request that is no preflight is answered in text/plain.
    strictPreflight: false,
  });
}

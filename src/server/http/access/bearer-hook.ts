// Refuses every request that shows no token, before its body is read and before a route is looked at; only routes that
// say so themselves are open. Also covers paths without a route, so that nobody learns which exist.
import type { FastifyInstance } from 'fastify';
import { PawlError } from '../../../errors.ts';
import type { AuthTokens } from './auth-tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `open`: served without a token even where the server asks for one. */
    readonly access?: 'open';
  }
}

/** Option of a route that needs no token. */
export const OPEN = { config: { access: 'open' } } as const;

export function requireToken(app: FastifyInstance, tokens: AuthTokens): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { authorization } = request.headers;
    if (request.routeOptions.config.access === 'open' || tokens.accepts(authorization)) return done();
    const message =
      authorization === undefined
        ? 'This server asks for a bearer token: send the header "Authorization: Bearer TOKEN".'
        : 'The Authorization header holds none of the bearer tokens of this server.';
    done(new PawlError('PAWL_UNAUTHORIZED', message));
  });
}

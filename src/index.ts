// The public API: what `import … from 'pawl'` gives. Nothing that costs time to import.
import type { ServeOptions, Server } from './server/serve.ts';

export * from './predictor/api.ts';
export type { ServeOptions, Server };

/** Hosts a server in this program. It is loaded only now: a predictor that imports this package never needs it. */
export async function serve(options: ServeOptions): Promise<Server> {
  const server = await import('./server/serve.ts');
  return server.serve(options);
}

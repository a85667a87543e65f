// Which methods a path has, for the Allow header of a 405. Filled while routes are registered.
import type { FastifyInstance } from 'fastify';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

export class RoutesTable {
  readonly #routes = new Map<string, Route>();

  /** Records every route that is registered from here on. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method }) => {
      const route = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      this.#routes.set(url, route);
      for (const name of [method].flat()) route.methods.add(name);
    });
  }

  /** Every method of every path, as it was registered. */
  all(): { readonly method: string; readonly url: string }[] {
    return [...this.#routes].flatMap(([url, { methods }]) => [...methods].map((method) => ({ method, url })));
  }

  /** Sorted; empty where no route has this path. */
  methodsOf(path: string): string[] {
    const routes = [...this.#routes.values()].filter((route) => route.pattern.test(path));
    return [...new Set(routes.flatMap((route) => [...route.methods]))].sort();
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replace(/[^\w-]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}

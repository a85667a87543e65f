// docs/reference/http-api.md against the routes of a real Fastify: each is on the page, and no other.
import { expect, it, vi } from 'vitest';
import { documentedRoutes } from '../../../../scripts/http-api-page.ts';
import { RoutesTable } from '../../../../src/server/http/routes-table.ts';
import { fakeServer } from '../../../helpers/fake-server.ts';

const withoutNames = (path: string) => path.replaceAll(/:\w+|\{\w+\}/g, '{}');

it('the reference page has every route that the server registers, and no other', async () => {
  const watch = vi.spyOn(RoutesTable.prototype, 'watch');
  const { app } = fakeServer({ has: { train: true } });
  await app.http.ready();
  const table = watch.mock.contexts.find((each) => each instanceof RoutesTable);
  watch.mockRestore();
  const registered = (table?.all() ?? []).filter(({ method }) => method !== 'HEAD');
  const names = registered.map(({ method, url }) => `${method} ${withoutNames(url)}`);
  expect(names.length).toBeGreaterThan(30);
  expect(
    documentedRoutes()
      .map(({ method, path }) => `${method} ${withoutNames(path)}`)
      .sort(),
  ).toEqual(names.sort());
});

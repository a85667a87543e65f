// A client for foreign servers as Pawl's parts are given one, without rules unless a test has some.
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { HttpClient } from '../../src/net/http-client.ts';
import { UrlGuard } from '../../src/net/url-guard.ts';
import type { UrlRules } from '../../src/net/url-rules.ts';

export function netClient(rules: Partial<UrlRules> = {}, clock: Clock = systemClock): HttpClient {
  return new HttpClient(new UrlGuard({ urlAccess: 'any', urlHosts: [], ...rules }), clock);
}

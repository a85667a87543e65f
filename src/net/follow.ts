// Requests with their redirects: each hop through the guard, credentials never to another origin than the one they
// were given for.
import type { IncomingMessage } from 'node:http';
import { percentDecoded } from '../base/percent-decoded.ts';
import { limit } from '../limits.ts';
import type { HttpAnswer, HttpCall, HttpClient } from './http-client.ts';
import { NetFailure } from './net-failure.ts';

/** The answer, and the URL that gave it. */
export interface Followed extends HttpAnswer {
  readonly url: URL;
}

export interface FollowCall extends HttpCall {
  /** Authorization for the origin of the first URL; credentials in a URL win over it. */
  readonly authorization: string | null;
}

/** The answer that is no redirect. What has a body keeps it, and its method; 303 says that it was taken, and ends the way. */
export async function follow(client: HttpClient, call: FollowCall): Promise<Followed> {
  let { url } = call;
  let authorization = credentialsOf(url) ?? call.authorization;
  for (let redirects = 0; redirects <= limit('redirectsMax'); redirects++) {
    const headers = authorization === null ? call.headers : { ...call.headers, authorization };
    const answer = await client.request({ ...call, url, headers });
    const next = redirectTarget(answer.response, call.method, url);
    if (next === null) return { ...answer, url };
    answer.discard();
    if (next === 'malformed') throw new NetFailure('it redirects to a malformed URL');
    if (next.protocol !== 'http:' && next.protocol !== 'https:') {
      throw new NetFailure(`it redirects to a ${next.protocol} URL; only http(s) is followed`);
    }
    authorization = credentialsOf(next) ?? (next.origin === url.origin ? authorization : null);
    url = next;
  }
  throw new NetFailure(`it redirects more than ${limit('redirectsMax')} times; use the URL it should end at`);
}

function redirectTarget(response: IncomingMessage, method: string, base: URL): URL | 'malformed' | null {
  const { statusCode = 0, headers } = response;
  if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return null;
  if (statusCode === 303 && method !== 'GET') return null;
  return URL.canParse(headers.location, base.href) ? new URL(headers.location, base) : 'malformed';
}

/** What `https://user:password@host/` asks for. */
function credentialsOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const text = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

// Where requests to URLs that a client named may go. Every hop passes here twice: its URL before anything is looked up,
// and each address before it is connected to, so that what a name resolves to later changes nothing.
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { assert } from '../base/assert.ts';
import { isPublicAddress } from './address.ts';
import { bareHost, type HostPattern, matchesHost, parseHostPattern } from './host-pattern.ts';
import { UrlRefused } from './net-failure.ts';
import type { UrlAccess, UrlRules } from './url-rules.ts';

type Resolver = (hostname: string, options: LookupOptions, callback: ResolverCallback) => void;
type ResolverCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

const NOT_PUBLIC = 'its host is not on the public Internet, and --url-access is public';
const NOT_LISTED = 'its host is not in --url-hosts, and --url-access is listed';

export class UrlGuard {
  readonly #access: UrlAccess;
  readonly #hosts: readonly HostPattern[];
  readonly #resolve: Resolver;

  constructor({ urlAccess, urlHosts }: UrlRules, resolve: Resolver = systemLookup) {
    this.#access = urlAccess;
    this.#hosts = urlHosts.map((text) => {
      const pattern = parseHostPattern(text);
      assert(pattern !== null, `${text} is no host pattern`);
      return pattern;
    });
    this.#resolve = resolve;
  }

  /** Why no request goes to this URL, as the end of a sentence; null when one may. Looks nothing up. */
  refusal(url: URL): string | null {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return `it is a ${url.protocol} URL; only http(s) is followed`;
    }
    if (this.#access === 'any' || this.#isListed(url)) return null;
    if (this.#access === 'listed') return NOT_LISTED;
    const host = bareHost(url);
    // An address is connected to without a look-up.
    return isIP(host) !== 0 && !isPublicAddress(host) ? NOT_PUBLIC : null;
  }

  /** The look-up of a socket to this URL: gives only addresses that it may connect to. */
  lookup(url: URL): LookupFunction {
    if (this.#access !== 'public' || this.#isListed(url)) return this.#resolve;
    return (hostname, options, callback) => {
      this.#resolve(hostname, options, (error, address, family) => {
        if (error !== null) return callback(error, address, family);
        if (typeof address === 'string') {
          if (isPublicAddress(address)) return callback(null, address, family);
          return callback(new UrlRefused(NOT_PUBLIC), address, family);
        }
        const allowed = address.filter((entry) => isPublicAddress(entry.address));
        callback(allowed.length > 0 ? null : new UrlRefused(NOT_PUBLIC), allowed);
      });
    };
  }

  #isListed(url: URL): boolean {
    return this.#hosts.some((pattern) => matchesHost(pattern, url));
  }
}

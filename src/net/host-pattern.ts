// One entry of --url-hosts: a host by name or address, `*.` for all below a name, and a port where it matters.
import { isIP } from 'node:net';

export interface HostPattern {
  /** Lower case, without brackets and final dot. */
  readonly host: string;
  readonly covers: 'itself' | 'subdomains';
  /** Null: every port. */
  readonly port: number | null;
}

const WITH_PORT = /^(.*?)(?::(\d{1,5}))?$/s;

/** Null where the text is none. */
export function parseHostPattern(text: string): HostPattern | null {
  const [, place = '', port] = WITH_PORT.exec(text) ?? [];
  const covers = place.startsWith('*.') ? 'subdomains' : 'itself';
  const name = covers === 'subdomains' ? place.slice(2) : place;
  // The colons of an IPv6 address need their brackets, here as in a URL.
  if (!/^(?:\[[\da-f:.]+\]|[^\s/?#@*:[\]\\%]+)$/i.test(name) || !URL.canParse(`http://${name}/`)) return null;
  const host = bareHost(new URL(`http://${name}/`));
  if (host === '' || (covers === 'subdomains' && isIP(host) !== 0)) return null;
  if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)) return null;
  return { host, covers, port: port === undefined ? null : Number(port) };
}

export function matchesHost({ host, covers, port }: HostPattern, url: URL): boolean {
  if (port !== null && port !== portOf(url)) return false;
  const actual = bareHost(url);
  return covers === 'itself' ? actual === host : actual.endsWith(`.${host}`);
}

/** The host as the system's resolver takes it. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$|\.$/g, '');
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

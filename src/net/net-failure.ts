// Why a request to a foreign server came to nothing, as the end of a sentence: what happened and how to mend it.
import { isObject } from '../base/json.ts';

/** `message` follows "X could not be fetched: ". Names no host and no address. */
export class NetFailure extends Error {
  override readonly name: string = 'NetFailure';
}

/** The server has a URL that the rules of --url-access do not let requests go to. Asking again changes nothing. */
export class UrlRefused extends NetFailure {
  override readonly name = 'UrlRefused';
}

const BY_CODE: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there; check host and port',
  ECONNRESET: 'the server closed the connection early; try again',
  EPIPE: 'the server closed the connection early; try again',
  ENOTFOUND: 'the host name is unknown; check the URL',
  EAI_AGAIN: 'the host name could not be looked up; check the URL and the DNS of this machine',
  EHOSTUNREACH: 'the host cannot be reached; check the network of this machine',
  ENETUNREACH: 'the host cannot be reached; check the network of this machine',
  ETIMEDOUT: 'the host does not answer; check host and port',
  HPE_HEADER_OVERFLOW: 'the server sent headers that are too large',
};

/** What a thrown error comes to; `more` are codes that mean something only to the caller. */
export function describeNetError(error: unknown, more: { readonly [code: string]: string } = {}): string {
  const chain = [...causes(error)];
  const failure = chain.find((link) => link instanceof NetFailure);
  if (failure !== undefined) return String(failure.message);
  for (const { code } of chain) {
    if (typeof code !== 'string') continue;
    const known = [more, BY_CODE].find((table) => Object.hasOwn(table, code))?.[code];
    if (known !== undefined) return `${known} (${code})`;
    if (code.startsWith('HPE_')) return `the server does not speak HTTP/1.1; check the URL (${code})`;
  }
  // Several addresses were tried: the error around them says nothing.
  const message = chain.at(-1)?.message;
  const reason = typeof message === 'string' && message !== '' ? message : String(error);
  return `${reason}; check the URL and its server`;
}

const CAUSES_MAX = 8;

function* causes(error: unknown): Generator<Record<string, unknown>> {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && isObject(current); depth++) {
    yield current;
    current = current.cause;
  }
}

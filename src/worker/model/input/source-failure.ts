// Why an input file could not be had, as the end of a sentence: what happened and how to mend it.
import { isObject } from '../../../base/json.ts';

/** `message` follows "Input file X could not be read from Y: ". */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
}

export function tooLarge(bytesMax: number): SourceFailure {
  return new SourceFailure(
    `it is larger than ${bytesMax} bytes; send a smaller file or raise --max-input-bytes`,
  );
}

const BY_CODE: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there; check host and port',
  ECONNRESET: 'the server closed the connection early; try again',
  EPIPE: 'the server closed the connection early; try again',
  UND_ERR_SOCKET: 'the server closed the connection early; try again',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the server sent another length than it announced; try again',
  ENOTFOUND: 'the host name is unknown; check the URL',
  EAI_AGAIN: 'the host name could not be looked up; check the URL and the DNS of this machine',
  EHOSTUNREACH: 'the host cannot be reached; check the network of this machine',
  ENETUNREACH: 'the host cannot be reached; check the network of this machine',
  ETIMEDOUT: 'the host does not answer; check host and port',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer; check host and port',
  UND_ERR_HEADERS_TIMEOUT: 'the server accepts but does not answer',
  UND_ERR_BODY_TIMEOUT: 'the server stopped sending',
  UND_ERR_HEADERS_OVERFLOW: 'the server sent headers that are too large',
  ENOSPC: 'the disk is full; free space, or choose another --work-dir',
  EDQUOT: 'the disk quota is used up; free space, or choose another --work-dir',
  EACCES: 'the work directory cannot be written; check --work-dir',
  EROFS: 'the work directory cannot be written; check --work-dir',
};

/** What a thrown error of fetch or of the file system comes to. */
export function describeFetchError(error: unknown): SourceFailure {
  const chain = [...causes(error)];
  for (const { code } of chain) {
    const known = typeof code === 'string' && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
    if (known !== undefined) return new SourceFailure(`${known} (${code})`, { cause: error });
  }
  // fetch says only "fetch failed"; the innermost cause says why.
  const message = chain.at(-1)?.message;
  const reason = typeof message === 'string' && message !== '' ? message : String(error);
  return new SourceFailure(`${reason}; check the URL and its server`, { cause: error });
}

const CAUSES_MAX = 8;

function* causes(error: unknown): Generator<Record<string, unknown>> {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && isObject(current); depth++) {
    yield current;
    current = current.cause;
  }
}

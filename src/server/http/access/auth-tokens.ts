// The bearer tokens of --auth-token-file. Keeps only their digests; never logs or shows a token, nor part of one.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/log.ts';
import { PawlError } from '../../../errors.ts';
import { limit } from '../../../limits.ts';

// What a header can carry without quoting. RFC 6750 allows fewer; a token that works is no reason to refuse.
const TOKEN = /^[\x21-\x7e]+$/;
const BYTE_ORDER_MARK = '\uFEFF';

/** Whether an Authorization header shows one of them. */
export interface AuthTokens {
  accepts(authorization: string | undefined): boolean;
}

export class AuthTokenFile implements AuthTokens {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  #digests: readonly Buffer[];
  /** Tells one content of the file from another; null while it cannot be looked at. */
  #version: string | null;
  #lookedAt: number;

  /** Throws PAWL_USAGE where the file cannot be used. */
  constructor(path: string, clock: Clock, log: Logger) {
    this.#path = path;
    this.#clock = clock;
    this.#log = log;
    this.#version = versionOf(path);
    this.#digests = readDigests(path);
    this.#lookedAt = clock.monotonic();
  }

  /** Takes the same time for every token of the same length, right or wrong. */
  accepts(authorization: string | undefined): boolean {
    this.#refresh();
    const token = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (token === undefined) return false;
    const shown = digestOf(token);
    let isKnown = false;
    // All of them, whether or not one fits: the time must not tell which.
    for (const digest of this.#digests) if (timingSafeEqual(digest, shown)) isKnown = true;
    return isKnown;
  }

  /** A token may be added or withdrawn without a restart. A file that has become unusable changes nothing. */
  #refresh(): void {
    const now = this.#clock.monotonic();
    if (now - this.#lookedAt < limit('authTokenFileCheckMs')) return;
    this.#lookedAt = now;
    const version = versionOf(this.#path);
    if (version === this.#version) return;
    this.#version = version;
    try {
      this.#digests = readDigests(this.#path);
      this.#log.info(
        { tokens: this.#digests.length },
        'the file of --auth-token-file has changed and was read again',
      );
    } catch (error) {
      this.#log.error({ error }, 'the tokens that were read before stay in force');
    }
  }
}

/** Changes with every way to write the file, also where a link is pointed to another one. */
function versionOf(path: string): string | null {
  try {
    const { mtimeNs, size, ino, dev } = statSync(path, { bigint: true });
    return `${mtimeNs} ${size} ${ino} ${dev}`;
  } catch {
    // Reading it says why.
    return null;
  }
}

function readDigests(path: string): readonly Buffer[] {
  const lines = readText(path).split('\n');
  const tokens = lines.flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    if (TOKEN.test(line)) return [line];
    throw unusable(
      path,
      `line ${index + 1} is no token: that is a word of visible ASCII characters, alone on its line`,
    );
  });
  const countMax = limit('authTokensMax');
  if (tokens.length === 0) throw unusable(path, 'it holds no token; write one on a line of its own');
  if (tokens.length > countMax) throw unusable(path, `it holds more than ${countMax} tokens`);
  return [...new Set(tokens)].map(digestOf);
}

function readText(path: string): string {
  let size: number;
  let text: string;
  try {
    size = statSync(path).size;
    // A directory or a pipe says so here, too.
    text = size > limit('authTokenFileBytesMax') ? '' : readFileSync(path, 'utf8');
  } catch (cause) {
    throw unusable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (size > limit('authTokenFileBytesMax')) throw unusable(path, 'it is too large for a list of tokens');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function unusable(path: string, why: string, cause?: unknown): PawlError {
  const message = `--auth-token-file ${JSON.stringify(path)} cannot be used: ${why}.`;
  return new PawlError('PAWL_USAGE', message, { cause });
}

/** Digests have one length, so that comparing them says nothing about the length of a token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

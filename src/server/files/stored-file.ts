// A file that a client sent, as the rest of the server sees it.
import type { JsonObject } from '../../base/json.ts';
import type { Transitions } from '../../base/state-machine.ts';

export interface StoredFile {
  /** Whoever knows it may use the file. */
  readonly id: string;
  /** A safe file name. */
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Absolute; nobody but its prediction may write there. */
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** One that stays until it expires, and the data its sender gave along. */
export interface KeptFile extends StoredFile {
  readonly expiresAt: number;
  readonly metadata: JsonObject;
}

/**
 * private: it goes with the request that brought it. claimed: with the one prediction that uses it. kept: anybody who
 * knows its id may use it. gone: nobody can find it; its bytes go with the last who reads them.
 */
export type FileStatus = 'private' | 'claimed' | 'kept' | 'gone';

export const FILE_NEXT = {
  private: ['claimed', 'kept', 'gone'],
  claimed: ['gone'],
  kept: ['gone'],
  gone: [],
} as const satisfies Transitions<FileStatus>;

/** The right to read a file; its bytes stay on disk meanwhile. */
export interface Lease {
  readonly file: StoredFile;
  /** Nobody else will ever read it. */
  readonly isExclusive: boolean;
  /** Harmless the second time. */
  release(): void;
}

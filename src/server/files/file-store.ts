// The files that clients sent: received to disk, bounded in size, number and age, removed when nobody needs them any
// more. Knows nothing of HTTP or of predictions.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock, Timer } from '../../base/clock.ts';
import { mediaTypeEssence, mediaTypeOfName, safeFileName } from '../../base/file-name.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Logger } from '../../base/log.ts';
import { PawlError } from '../../errors.ts';
import { limit } from '../../limits.ts';
import { makePrivateDirectory } from '../work-directory.ts';
import { FileEntry } from './file-entry.ts';
import { diskFailure, fileTooLarge, storageFull } from './file-failure.ts';
import type { KeptFile, Lease, StoredFile } from './stored-file.ts';
import { writeMeasured } from './write-measured.ts';

export interface FileStoreParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the files go; asked for, and made, when the first one comes. */
  readonly directory: () => string;
  readonly fileBytesMax: number;
  /** All files together. */
  readonly bytesMax: number;
  /** How long a kept file stays. */
  readonly keepMs: number;
}

export interface Incoming {
  /** As the client calls it; null where it does not. */
  readonly name: string | null;
  /** Content-Type of the client; null where there is none. */
  readonly mediaType: string | null;
  /** Read to its end, or destroyed. */
  readonly content: Readable;
}

const UNKNOWN_TYPE = 'application/octet-stream';
const ID_BYTES = 16;

export class FileStore {
  readonly #parts: FileStoreParts;
  /** In the order of arrival, oldest first. */
  readonly #entries = new Map<string, FileEntry>();
  readonly #stop = new AbortController();
  readonly #receiving = new Set<Promise<unknown>>();
  #bytes = 0;
  #expiry: Timer | null = null;

  constructor(parts: FileStoreParts) {
    this.#parts = parts;
  }

  /** False where no input can name a stored file. */
  get hasFiles(): boolean {
    return this.#entries.size > 0;
  }

  /**
   * Receives a file of the caller's own: once the lease is released it is gone, unless keep() or claim() made it
   * somebody else's. Rejects with a PawlError, and nothing is left; whatever the content throws comes through.
   */
  async receive(incoming: Incoming): Promise<Lease> {
    const received = this.#receive(incoming);
    this.#receiving.add(received);
    try {
      return await received;
    } finally {
      this.#receiving.delete(received);
    }
  }

  /** Makes it one that find() finds, until it expires. */
  keep({ id }: StoredFile, metadata: JsonObject): KeptFile {
    const { clock, keepMs } = this.#parts;
    const kept = this.#entries.get(id)?.keep(clock.now() + keepMs, metadata);
    if (kept === undefined) throw new PawlError('PAWL_FILE_NOT_FOUND', `the file ${id} is gone`);
    this.#expiry ??= clock.after(keepMs, () => this.#expire());
    return kept;
  }

  /** A kept one. */
  find(id: string): KeptFile | null {
    const kept = this.#entries.get(id)?.kept ?? null;
    return kept === null || kept.expiresAt <= this.#parts.clock.now() ? null : kept;
  }

  /** The right to read a file that was named by its id; null where there is none to be had. */
  claim(id: string): Lease | null {
    const entry = this.#entries.get(id);
    if (entry === undefined || (entry.kept !== null && this.find(id) === null)) return null;
    return entry.claim();
  }

  /** False where there is no such file. Who reads it goes on. */
  remove(id: string): boolean {
    if (this.find(id) === null) return false;
    this.#entries.get(id)?.forget();
    return true;
  }

  /** Throws where a file of that size is not taken: before it is sent. */
  checkSize(name: string | null, bytes: number): void {
    const { fileBytesMax } = this.#parts;
    if (bytes > fileBytesMax) throw fileTooLarge(name, fileBytesMax);
  }

  /** Ends what is being received and forgets everything; the directory is the caller's to remove. */
  async close(): Promise<void> {
    this.#stop.abort(new PawlError('PAWL_SHUTTING_DOWN', 'The server is shutting down and takes no files.'));
    this.#expiry?.cancel();
    await Promise.allSettled(this.#receiving);
    this.#entries.clear();
  }

  async #receive({ name, mediaType, content }: Incoming): Promise<Lease> {
    const { clock, directory } = this.#parts;
    const id = randomBytes(ID_BYTES).toString('hex');
    let size = 0;
    // Until it is read, nobody else would hear it fail.
    content.on('error', () => {});
    try {
      this.#stop.signal.throwIfAborted();
      this.#makeRoom(1, 0);
      makePrivateDirectory(directory());
      const target = path.join(directory(), id);
      const meter = (bytes: number) => {
        this.checkSize(name, size + bytes);
        this.#makeRoom(0, bytes);
        this.#bytes += bytes;
        size += bytes;
      };
      const { sha256 } = await writeMeasured(content, target, meter, this.#stop.signal);
      const shown = safeFileName(path.basename(name ?? ''), 'file');
      const type = typeOf(mediaType, shown);
      const file = { id, name: shown, mediaType: type, size, sha256, path: target, createdAt: clock.now() };
      const entry = new FileEntry(file, () => this.#drop(file));
      this.#entries.set(id, entry);
      return entry.lease(true);
    } catch (error) {
      content.destroy();
      this.#bytes -= size;
      throw this.#stop.signal.aborted ? this.#stop.signal.reason : diskFailure(error);
    }
  }

  /** Removes the oldest files that nobody reads until this many more fit. Throws PAWL_STORAGE_FULL. */
  #makeRoom(files: number, bytes: number): void {
    const { clock, bytesMax } = this.#parts;
    const filesMax = limit('storedFilesMax');
    const isFull = () =>
      this.#bytes + bytes > bytesMax || this.#entries.size + this.#receiving.size + files > filesMax;
    if (!isFull()) return;
    const youngest = clock.now() - limit('storedFileFreshMs');
    for (const entry of this.#entries.values()) {
      // One that was just uploaded is about to be used.
      if (entry.kept === null || entry.isRead || entry.file.createdAt > youngest) continue;
      entry.forget();
      if (!isFull()) return;
    }
    throw storageFull(bytesMax, filesMax);
  }

  #expire(): void {
    const { clock } = this.#parts;
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      if (entry.kept === null) continue;
      if (entry.kept.expiresAt <= clock.now()) entry.forget();
      else next = Math.min(next, entry.kept.expiresAt);
    }
    this.#expiry = Number.isFinite(next) ? clock.after(next - clock.now(), () => this.#expire()) : null;
  }

  #drop(file: StoredFile): void {
    this.#entries.delete(file.id);
    this.#bytes -= file.size;
    rm(file.path, { force: true }).catch((error: unknown) => {
      this.#parts.log.warn({ path: file.path, error }, 'a stored file could not be removed');
    });
  }
}

/** Clients that know nothing better say that it is bytes. */
function typeOf(given: string | null, name: string): string {
  const type = given === null ? null : mediaTypeEssence(given);
  if (type !== null && type !== UNKNOWN_TYPE) return type;
  return mediaTypeOfName(name) ?? UNKNOWN_TYPE;
}

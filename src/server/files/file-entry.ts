// One file in the store: who reads it, and what becomes of it. Its bytes are removed once it is not kept and nobody
// reads it.
import type { JsonObject } from '../../base/json.ts';
import { StateMachine } from '../../base/state-machine.ts';
import { FILE_NEXT, type FileStatus, type KeptFile, type Lease, type StoredFile } from './stored-file.ts';

export class FileEntry {
  readonly file: StoredFile;
  readonly #status: StateMachine<FileStatus>;
  readonly #unused: () => void;
  #leases = 0;
  #kept: KeptFile | null = null;

  /** `unused` is called once, when nothing holds the bytes any more. */
  constructor(file: StoredFile, unused: () => void) {
    this.file = file;
    this.#status = new StateMachine<FileStatus>(`file ${file.id}`, FILE_NEXT, 'private');
    this.#unused = unused;
  }

  /** Null where it is not one that anybody may find. */
  get kept(): KeptFile | null {
    return this.#status.current === 'kept' ? this.#kept : null;
  }

  get isRead(): boolean {
    return this.#leases > 0;
  }

  keep(expiresAt: number, metadata: JsonObject): KeptFile {
    this.#status.move('kept');
    this.#kept = { ...this.file, expiresAt, metadata };
    return this.#kept;
  }

  /** For a prediction that names it. Null where somebody else has the only right to it. */
  claim(): Lease | null {
    if (this.#status.current === 'kept') return this.lease(false);
    if (this.#status.current !== 'private') return null;
    this.#status.move('claimed');
    return this.lease(true);
  }

  lease(isExclusive: boolean): Lease {
    this.#leases += 1;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      this.#leases -= 1;
      this.#settle();
    };
    return { file: this.file, isExclusive, release };
  }

  /** Nobody finds it from here on. */
  forget(): void {
    if (this.#status.current === 'gone') return;
    this.#status.move('gone');
    this.#settle();
  }

  #settle(): void {
    if (this.#leases > 0 || this.#status.current === 'kept') return;
    if (this.#status.current !== 'gone') this.#status.move('gone');
    this.#unused();
  }
}

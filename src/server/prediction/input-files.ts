// Which files an input names that lie on this machine. src/server/files implements it.
import type { Json } from '../../base/json.ts';
import type { InputFile } from '../../protocol/slot-messages.ts';
import type { StoredInput } from '../payload/stored-input.ts';

export interface HeldFiles {
  readonly files: readonly InputFile[];
  /** They may go from here on; harmless the second time. */
  release(): void;
}

export interface InputFiles {
  /** Finds them, and keeps them on disk until they are released. */
  hold(input: Json | StoredInput): HeldFiles;
}

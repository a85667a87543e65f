// Where the output files of one prediction go, and what they are called. Makes no file itself.
import path from 'node:path';
import {
  extensionOfMediaType,
  mediaTypeEssence,
  mediaTypeOfName,
  safeFileName,
  withExtension,
} from '../../../base/file-name.ts';
import type { FileValue } from './file-value.ts';

/** `value`: predict() has returned and nothing of it runs any more. `chunk`: it goes on after this item. */
export type OutputKind = 'value' | 'chunk';

export interface OutputAreaParts {
  /** Directory for output files, made on first use; may serve other predictions too. */
  readonly outputDir: () => string;
  /** The prediction's temporary directory, which is removed at its end; null while there is none. */
  readonly tempDir: () => string | null;
  /** Aborted when the prediction is canceled. Asked for only to wait. */
  readonly signal: () => AbortSignal;
}

export interface FileNaming {
  readonly name: string;
  readonly mediaType: string | null;
}

/** Numbers files within the directory, which several predictions may share. */
let filesNamed = 0;

export class OutputArea {
  readonly tempDir: () => string | null;
  readonly signal: () => AbortSignal;
  readonly #outputDir: () => string;
  #unnamed = 0;

  constructor(parts: OutputAreaParts) {
    this.tempDir = parts.tempDir;
    this.signal = parts.signal;
    this.#outputDir = parts.outputDir;
  }

  /** A path that no other file has. */
  newPath(name: string): string {
    return path.join(this.#outputDir(), `${filesNamed++}-${name}`);
  }

  /** `fallback` is a name that its source suggests. What the predictor said wins; one tells the other if only one is known. */
  naming({ name, type }: Pick<FileValue, 'name' | 'type'>, fallback: string | null): FileNaming {
    const given = type === null ? null : mediaTypeEssence(type) === null ? null : type;
    const wanted = name ?? fallback;
    if (wanted === null) {
      const extension = (given === null ? null : extensionOfMediaType(given)) ?? '.bin';
      return { name: this.#unnamedName(extension), mediaType: given };
    }
    const safe = safeFileName(path.basename(wanted), 'output');
    const mediaType = given ?? mediaTypeOfName(safe);
    return { name: given === null ? safe : withExtension(safe, given), mediaType };
  }

  /** Told apart by a number, so that an upload of one never replaces another. */
  #unnamedName(extension: string): string {
    const number = this.#unnamed++;
    return number === 0 ? `output${extension}` : `output-${number}${extension}`;
  }
}

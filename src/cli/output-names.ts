// What the files of an output are called on disk, by -o and by their own names.
import path from 'node:path';
import { extensionOf, uniqueFileName } from '../base/file-name.ts';

/**
 * here: `output.EXT` in the current folder. file: the -o FILE itself, or numbered before its extension where there are
 * several, each with an extension of its own. folder: the own names, below it.
 */
export type OutputTarget =
  | { readonly kind: 'here' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string };

/** A generator may yield more files, so its first one has a number already. */
export type Naming = 'alone' | 'numbered';

export class OutputNames {
  readonly #target: OutputTarget;
  readonly #used = new Set<string>();
  #count = 0;

  constructor(target: OutputTarget) {
    this.#target = target;
  }

  /** `own` is a safe file name. */
  next(own: string, naming: Naming): string {
    const number = naming === 'alone' ? '' : `.${this.#count}`;
    this.#count += 1;
    switch (this.#target.kind) {
      case 'here':
        return `output${number}${extensionOf(own)}`;
      case 'file':
        return naming === 'alone' ? this.#target.path : numbered(this.#target.path, number, extensionOf(own));
      case 'folder':
        return path.join(this.#target.path, uniqueFileName(own, this.#used));
    }
  }
}

/** out.png, .1, .jpg → out.1.jpg; without an extension of its own, that of the path. */
function numbered(target: string, number: string, own: string): string {
  const [, stem = target, extension = ''] = /^(.*[^/.])(\.[^./]+)$/s.exec(target) ?? [];
  return `${stem}${number}${own === '' ? extension : own}`;
}

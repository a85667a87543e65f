// Recognises stored files in an input by their URLs, and holds them while a prediction uses them. The host of the URL
// is not looked at: behind a proxy there are many, and the id alone gives the right to the file.
import type { Json } from '../../base/json.ts';
import { jsonPointer } from '../../base/json-pointer.ts';
import type { InputFile } from '../../protocol/slot-messages.ts';
import { type OwnUrl, StoredInput } from '../payload/stored-input.ts';
import type { HeldFiles, InputFiles } from '../prediction/input-files.ts';
import type { FileStore } from './file-store.ts';
import type { Lease } from './stored-file.ts';

const OWN_URL = /^https?:\/\/[^?#]*\/files\/([0-9a-f]{32})(?:\/content)?(?:[?#]|$)/i;
const URL_LENGTH_MAX = 4_096;

const NOTHING: HeldFiles = { files: [], release: () => {} };

export class OwnFiles implements InputFiles {
  readonly #store: FileStore;

  constructor(store: FileStore) {
    this.#store = store;
  }

  hold(input: Json | StoredInput): HeldFiles {
    // Most servers never see an upload, and most inputs are worth no walk.
    if (!this.#store.hasFiles) return NOTHING;
    const leases: Lease[] = [];
    const files: InputFile[] = [];
    for (const { id, pointer } of input instanceof StoredInput ? input.ownUrls : ownUrls(input)) {
      const lease = this.#store.claim(id);
      if (lease === null) continue;
      leases.push(lease);
      const { path, name, mediaType } = lease.file;
      files.push({ pointer, path, name, mediaType, from: lease.isExclusive ? 'part' : 'url' });
    }
    if (files.length === 0) return NOTHING;
    const release = () => {
      for (const lease of leases) lease.release();
    };
    return { files, release };
  }
}

interface Place {
  readonly value: Json | undefined;
  readonly key: string | number;
  readonly parent: Place | null;
}

/** Texts that look like URLs of stored files. Iterative: how deep an input is, its sender decides. */
export function* ownUrls(input: Json): Generator<OwnUrl> {
  const pending: Place[] = [{ value: input, key: '', parent: null }];
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const { value } = place;
    if (typeof value === 'string') {
      const id = value.length <= URL_LENGTH_MAX ? OWN_URL.exec(value)?.[1] : undefined;
      if (id !== undefined) yield { id: id.toLowerCase(), pointer: jsonPointer(keysTo(place)) };
    } else if (Array.isArray(value)) {
      for (const [key, item] of value.entries()) pending.push({ value: item, key, parent: place });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) pending.push({ value: item, key, parent: place });
    }
  }
}

function keysTo(place: Place): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = place; at.parent !== null; at = at.parent) keys.unshift(at.key);
  return keys;
}

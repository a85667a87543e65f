// What a form is made of. Loads nothing, since the process that checks large forms needs it as well.
import type { StoredFile } from '../../files/stored-file.ts';

export interface TextPart {
  readonly name: string;
  readonly text: string;
  readonly mediaType: string;
}

export type FormPart = TextPart | { readonly name: string; readonly file: StoredFile };

/** With the file as the URL that stands for it in an input. */
export type GivenPart = TextPart | { readonly name: string; readonly url: string };

export function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}

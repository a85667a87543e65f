// What a string in a file field refers to, and how errors may show it. Credentials never reach a message.

import type { InputFile } from '../../../protocol/slot-messages.ts';

const SHOWN_LENGTH_MAX = 200;
const DATA_SHOWN_LENGTH = 40;
/** Presigned URLs and API keys carry their secret in the query. */
const SECRET_PARAMETER = /sig|token|key|secret|passw|credential|auth/i;

/** stored: the server has it already, whatever the text says. */
export type Source =
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'data'; readonly url: string }
  | { readonly kind: 'stored'; readonly file: InputFile };

/** Null where the text is neither an http(s) URL nor a data: URL. */
export function parseSource(text: string): Exclude<Source, { kind: 'stored' }> | null {
  if (/^data:/i.test(text)) return { kind: 'data', url: text };
  if (!/^https?:\/\//i.test(text)) return null;
  const url = parseUrl(text);
  return url === null ? null : { kind: 'http', url };
}

/** The source as a message may show it: without credentials, and not longer than a line. */
export function describeSource(source: Source): string {
  if (source.kind === 'stored') return `the uploaded file ${JSON.stringify(shortened(source.file.name))}`;
  if (source.kind === 'data') {
    return source.url.length <= DATA_SHOWN_LENGTH ? source.url : `${source.url.slice(0, DATA_SHOWN_LENGTH)}…`;
  }
  const url = new URL(source.url);
  if (url.username !== '' || url.password !== '') {
    url.username = '***';
    url.password = '';
  }
  // The names are copied first: setting a parameter changes what is iterated.
  for (const name of [...url.searchParams.keys()]) {
    if (SECRET_PARAMETER.test(name)) url.searchParams.set(name, '***');
  }
  return shortened(url.href);
}

function shortened(text: string): string {
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    // The only thing the constructor throws for: the text is no URL.
    return null;
  }
}

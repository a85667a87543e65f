// What a string in a file field refers to, and how errors may show it. Credentials never reach a message.

const SHOWN_LENGTH_MAX = 200;
const DATA_SHOWN_LENGTH = 40;
/** Presigned URLs and API keys carry their secret in the query. */
const SECRET_PARAMETER = /sig|token|key|secret|passw|credential|auth/i;

export type Source =
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'data'; readonly url: string };

/** Null where the text is neither an http(s) URL nor a data: URL. */
export function parseSource(text: string): Source | null {
  if (/^data:/i.test(text)) return { kind: 'data', url: text };
  if (!/^https?:\/\//i.test(text)) return null;
  const url = parseUrl(text);
  return url === null ? null : { kind: 'http', url };
}

/** The source as a message may show it: without credentials, and not longer than a line. */
export function describeSource(source: Source): string {
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
  const shown = url.href;
  return shown.length <= SHOWN_LENGTH_MAX ? shown : `${shown.slice(0, SHOWN_LENGTH_MAX)}…`;
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    // The only thing the constructor throws for: the text is no URL.
    return null;
  }
}

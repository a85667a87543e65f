// Every JSON answer that a test gets from a server of ours through fetch() is held against the document of a predictor
// that takes and gives anything. A test that meets an answer which is not documented fails at that fetch().
import { DocumentedAnswers, documentOfAnything } from './documented-answers.ts';

// Large ones are the tests' own business.
const BODY_BYTES_MAX = 256 * 1024;
const origins = new Set<string>();
let isWatching = false;

/** `url`: where a server listens. */
export function watchAnswers(url: string): void {
  origins.add(new URL(url).origin);
  if (isWatching) return;
  isWatching = true;
  const answers = new DocumentedAnswers(documentOfAnything());
  const plain = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const request = input instanceof Request ? input : null;
    const target = new URL(request?.url ?? String(input));
    const response = await plain(input, init);
    const method = (init?.method ?? request?.method ?? 'GET').toUpperCase();
    if (!origins.has(target.origin) || !isCheckable(method, target, response)) return response;
    // Where the connection breaks, it breaks for the test as well.
    const body = await response
      .clone()
      .text()
      .catch(() => null);
    if (body === null) return response;
    const { status, headers } = response;
    const fault = answers.fault({
      method,
      path: target.pathname,
      status,
      mediaType: headers.get('content-type'),
      body,
    });
    if (fault !== null) throw new Error(`not as documented: ${fault}`);
    return response;
  };
}

/** /v1 speaks Replicate's API, which is not ours to document. */
function isCheckable(method: string, { pathname }: URL, { headers }: Response): boolean {
  const bytes = headers.get('content-length');
  if (method === 'HEAD' || bytes === null || Number(bytes) > BODY_BYTES_MAX) return false;
  return headers.get('content-type') === 'application/json' && !/^\/v1(?:\/|$)/.test(pathname);
}

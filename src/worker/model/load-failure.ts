// Why a module could not be imported, in one sentence that says where to look. The error itself stays as the cause.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { PawlError } from '../../errors.ts';

const PACKAGE = 'pawl';
const CHECK_MS = 10_000;

export async function importFailure(file: string, error: unknown): Promise<PawlError> {
  const mistakes = compilerMistakes(error);
  // The stack is the compiler's: there is nothing in it for anybody.
  if (mistakes !== null)
    return new PawlError('PAWL_LOAD_FAILED', `${file} could not be imported: ${mistakes}`);
  return new PawlError('PAWL_LOAD_FAILED', await describe(file, error), { cause: error });
}

async function describe(file: string, error: unknown): Promise<string> {
  if (!(error instanceof Error)) return `${file} could not be imported: it threw ${String(error)}`;
  const code = 'code' in error ? error.code : null;
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  // Node names the package only in the text.
  if (isMissing && error.message.includes(`'${PACKAGE}'`)) {
    const folder = path.dirname(file);
    return `${file} imports '${PACKAGE}', which is not installed there: run npm install ${PACKAGE} in ${folder}`;
  }
  const [message] = error.message.split('\nRequire stack:');
  const place = error instanceof SyntaxError ? await syntaxErrorPlace(file) : null;
  return `${file} could not be imported: ${error.name}: ${message}${place === null ? '' : ` (${place})`}`;
}

/** V8 keeps the place of a syntax error to itself; `node --check` prints it. null where the error is in another file. */
function syntaxErrorPlace(file: string): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { timeout: CHECK_MS }, (_error, _stdout, stderr) => {
      const line = /^(?:file:\/\/)?\S.*:(\d+)$/m.exec(stderr)?.[1];
      resolve(line === undefined ? null : `line ${line}`);
    });
  });
}

/** What esbuild found wrong with the source, one place a line; null where the error is none of esbuild's. */
function compilerMistakes(error: unknown): string | null {
  if (!(error instanceof Error) || error.name !== 'TransformError') return null;
  return error.message.replace(/^Transform failed with \d+ errors?:\n/, '').trimEnd();
}

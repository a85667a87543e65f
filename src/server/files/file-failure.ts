// Why a file that a client sends can't be taken.
import { PawlError } from '../../errors.ts';

export function fileTooLarge(name: string | null, bytesMax: number): PawlError {
  const file = name === null ? 'The file' : `The file ${JSON.stringify(name.slice(0, 200))}`;
  return new PawlError(
    'PAWL_BODY_TOO_LARGE',
    `${file} is larger than ${bytesMax} bytes; send a smaller one, or raise --max-input-bytes.`,
  );
}

export function storageFull(bytesMax: number, filesMax: number): PawlError {
  return new PawlError(
    'PAWL_STORAGE_FULL',
    `The files in use take all of the ${bytesMax} bytes (--max-stored-bytes) or ${filesMax} files that may be stored.`,
  );
}

/** The error as it is, unless it says that nothing can be written. */
export function diskFailure(error: unknown): unknown {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const message = 'The disk that holds the work directory is full; free space, or choose another --work-dir.';
  return new PawlError('PAWL_STORAGE_FULL', message, { cause: error });
}

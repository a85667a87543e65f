// Why an input file could not be had, as the end of a sentence: what happened and how to mend it.
import { describeNetError } from '../../../net/net-failure.ts';

/** `message` follows "Input file X could not be read from Y: ". */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';
}

export function tooLarge(bytesMax: number): SourceFailure {
  return new SourceFailure(
    `it is larger than ${bytesMax} bytes; send a smaller file or raise --max-input-bytes`,
  );
}

const BY_CODE: { readonly [code: string]: string } = {
  ENOSPC: 'the disk is full; free space, or choose another --work-dir',
  EDQUOT: 'the disk quota is used up; free space, or choose another --work-dir',
  EACCES: 'the work directory cannot be written; check --work-dir',
  EROFS: 'the work directory cannot be written; check --work-dir',
  Z_DATA_ERROR: 'the server sent a body that is not compressed the way it says',
  Z_BUF_ERROR: 'the server sent a compressed body that ends early; try again',
};

/** What a thrown error of a request or of the file system comes to. */
export function describeFetchError(error: unknown): SourceFailure {
  return new SourceFailure(describeNetError(error, BY_CODE), { cause: error });
}

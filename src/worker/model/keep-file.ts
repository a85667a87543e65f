// The same file under another name, so that it outlives the first one.
import { constants } from 'node:fs';
import { copyFile, link, rm } from 'node:fs/promises';

/** Where somebody may still write to `source` it has to be a copy: a link shares its content. */
export async function keepFile(source: string, target: string, how: 'link' | 'copy'): Promise<void> {
  if (how === 'link') {
    try {
      return await link(source, target);
    } catch {
      // Another file system, or one without links: the copy below tells any real failure.
    }
  }
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}

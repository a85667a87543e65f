// Stand-ins for the parts that bring files in and out, for tests that have none, or few.
import { silentLogger } from '../../src/base/log.ts';
import type { InputFiles } from '../../src/server/prediction/input-files.ts';
import { InlineDelivery } from '../../src/server/upload/inline-delivery.ts';
import { OutputArea } from '../../src/server/upload/output-area.ts';

export const NO_FILES: InputFiles = { hold: () => ({ files: [], release: () => {} }) };

/** Delivers from where files lie; `directory` is where it takes them first, if anywhere. */
export function inlineDelivery(directory: string | null = null): InlineDelivery {
  const area = new OutputArea(() => {
    if (directory === null) throw new Error('this test has no place for files');
    return directory;
  }, silentLogger);
  return new InlineDelivery(area);
}

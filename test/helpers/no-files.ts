// For services that no upload ever reaches.
import type { InputFiles } from '../../src/server/prediction/input-files.ts';

export const NO_FILES: InputFiles = { hold: () => ({ files: [], release: () => {} }) };

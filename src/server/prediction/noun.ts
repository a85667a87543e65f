// What one piece of work of each kind is called: in paths, messages and the command line.
import type { Mode } from '../../protocol/control-messages.ts';

export const NOUN = { predict: 'prediction', train: 'training' } as const satisfies Record<Mode, string>;

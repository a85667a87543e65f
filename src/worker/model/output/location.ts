// Where in an output something is: as a person writes it, for messages.

export type Key = string | number;

const SHOWN_LENGTH_MAX = 200;

/** `output.scores[3]`, `output["a key"]`. The middle of a very long one is left out. */
export function describeLocation(root: string, keys: readonly Key[]): string {
  const text = keys.reduce<string>((path, key) => path + describeKey(key), root);
  if (text.length <= SHOWN_LENGTH_MAX) return text;
  return `${text.slice(0, SHOWN_LENGTH_MAX / 2)}…${text.slice(-SHOWN_LENGTH_MAX / 2)}`;
}

function describeKey(key: Key): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

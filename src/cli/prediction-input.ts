// `-i` and `--json` to the input of one prediction. Names what is unknown, missing or of the wrong kind before
// anything runs; limits such as a minimum are the server's validator's.
import type { Json, JsonObject } from '../base/json.ts';
import type { FieldKind, InputFields } from '../server/prediction/field-kinds.ts';
import { type ReadFile, readItems, readText } from '../server/prediction/text-value.ts';
import { describeKinds } from './describe-kinds.ts';
import { quoted, usageError } from './usage-error.ts';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface InputSources {
  readonly named: readonly NamedText[];
  /** The object of --json; empty where it was not given. */
  readonly json: JsonObject;
  readonly readFile: ReadFile;
  readonly isFile: (path: string) => boolean;
  readonly warn: (text: string) => void;
}

export function splitNamed(argument: string): NamedText {
  const equals = argument.indexOf('=');
  if (equals < 1) throw usageError(`-i takes NAME=VALUE, not ${quoted(argument)}.`);
  return { name: argument.slice(0, equals), text: argument.slice(equals + 1) };
}

/** Throws PAWL_USAGE. */
export function predictionInput(fields: InputFields, sources: InputSources): JsonObject {
  const { named, json, readFile } = sources;
  const input = new Map<string, Json>();
  for (const [name, value] of Object.entries(json)) {
    if (fields.kindsOf(name) === null) throw unknownInput(name, fields, '--json');
    input.set(name, value);
  }
  for (const name of new Set(named.map((entry) => entry.name))) {
    const kinds = fields.kindsOf(name);
    if (kinds === null) throw unknownInput(name, fields, '-i');
    const texts = named.filter((entry) => entry.name === name).map((entry) => entry.text);
    input.set(name, readField(name, kinds, texts, readFile));
    if (kinds.some(({ type }) => type === 'any')) warnOfFiles(name, texts, sources);
  }
  const missing = fields.required.filter((name) => !input.has(name));
  if (missing.length > 0) throw missingInputs(missing, fields);
  // Own properties whatever the name, `__proto__` included.
  return Object.fromEntries(input);
}

function readField(
  name: string,
  kinds: readonly FieldKind[],
  texts: readonly string[],
  readFile: ReadFile,
): Json {
  const [first = ''] = texts;
  if (texts.length > 1 && !kinds.some((kind) => kind.type === 'list')) {
    throw usageError(
      `-i ${name} is given ${texts.length} times, but takes one value: ${describeKinds(kinds)}.`,
    );
  }
  const reading = texts.length > 1 ? readItems(texts, kinds, readFile) : readText(first, kinds, readFile);
  if (reading.ok) return reading.value;
  throw usageError(`-i ${name} takes ${describeKinds(kinds)}, not ${texts.map(quoted).join(', ')}.`);
}

/** Nobody has said that the input takes a file, so `@PATH` was passed on as it stands. */
function warnOfFiles(name: string, texts: readonly string[], { isFile, warn }: InputSources): void {
  const file = texts.find((text) => text.startsWith('@') && isFile(text.slice(1)));
  if (file === undefined) return;
  warn(
    `-i ${name}=${file} is passed on as text, not as that file: the predictor has no schema that calls ${quoted(name)} a file.`,
  );
}

function unknownInput(name: string, fields: InputFields, flag: string): Error {
  const known = fields.names.map((known) => quoted(known)).join(', ');
  const hint = known === '' ? 'this predictor takes none' : `this predictor has ${known}`;
  return usageError(`${flag} names the input ${quoted(name)}, which does not exist; ${hint}.`);
}

function missingInputs(names: readonly string[], fields: InputFields): Error {
  const examples = names.map((name) => {
    const isFile = fields.kindsOf(name)?.some((kind) => kind.type === 'file') ?? false;
    return `-i ${name}=${isFile ? '@FILE' : 'VALUE'}`;
  });
  const list = names.map((name) => quoted(name)).join(', ');
  const subject = names.length > 1 ? `The inputs ${list} are` : `The input ${list} is`;
  return usageError(`${subject} required; add ${examples.join(' ')}.`);
}

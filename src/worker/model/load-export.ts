// Which export of a module is the predictor: the one that was named, else the first of four that can be one. CommonJS
// modules arrive wrapped in `default`, sometimes twice.
import { PawlError } from '../../errors.ts';
import { isDefinedPredictor } from '../../predictor/definition.ts';
import { isPredictorLike } from './forms.ts';

export type ModuleExports = Readonly<Record<string, unknown>>;

const TRIED = ['default', 'Predictor', 'Runner', 'predict'];
const PARTS = new Set(['predict', 'run', 'train', 'setup', 'healthcheck']);
const NAMED_MAX = 20;

export interface FoundExport {
  readonly name: string;
  readonly value: unknown;
}

/** @throws PawlError PAWL_LOAD_FAILED */
export function findExport(module: ModuleExports, name: string | null, file: string): FoundExport {
  const exports = unwrap(module);
  if (name !== null) {
    const value = exports.get(name);
    if (value !== undefined) return { name, value };
    throw notFound(
      `${file} has no export ${name}. ${list(exports)} Name one of them after the file: ${file}:NAME`,
      exports,
    );
  }
  const found = TRIED.find((candidate) => isPredictorLike(exports.get(candidate)));
  if (found !== undefined) return { name: found, value: exports.get(found) };
  throw notFound(
    `${file} exports no predictor: none of ${TRIED.join(', ')} is a class, a function or an object with predict(). ` +
      `${list(exports)} Export one, or name another: ${file}:NAME`,
    exports,
  );
}

function notFound(message: string, exports: ReadonlyMap<string, unknown>): PawlError {
  const text =
    exports.size === 0
      ? message.replace(/ (?:Name one of them|Export one, or name another).*$/, '')
      : message;
  return new PawlError('PAWL_LOAD_FAILED', text);
}

function unwrap(module: ModuleExports): ReadonlyMap<string, unknown> {
  const outer = entriesOf(module);
  const inner: unknown = module.default;
  if (typeof inner !== 'object' || inner === null) return outer;
  // Compiled from ES modules: module.exports is the namespace that its author meant.
  if ('__esModule' in inner && inner.__esModule === true) return entriesOf(inner);
  if (isDefinedPredictor(inner)) return outer;
  // Names that Node did not find in the source of a CommonJS module. A predictor's own parts are no exports.
  const hidden = [...entriesOf(inner)].filter(([name]) => !(isPredictorLike(inner) && PARTS.has(name)));
  return new Map([...hidden, ...outer]);
}

function entriesOf(object: object): ReadonlyMap<string, unknown> {
  const names = Object.keys(object).filter((name) => name !== '__esModule' && name !== 'module.exports');
  return new Map(names.map((name) => [name, Reflect.get(object, name)]));
}

function list(exports: ReadonlyMap<string, unknown>): string {
  if (exports.size === 0) return 'It exports nothing.';
  const shown = [...exports].slice(0, NAMED_MAX).map(([name, value]) => `${name} (${kindOf(value)})`);
  const more = exports.size - shown.length;
  return `It exports ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function kindOf(value: unknown): string {
  if (value === null || Array.isArray(value)) return value === null ? 'null' : 'a list';
  if (typeof value === 'function') return /^class\b/.test(String(value)) ? 'a class' : 'a function';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

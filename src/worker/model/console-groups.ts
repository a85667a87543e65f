// The indentation of console.group(), which Node keeps once for a process: here each prediction has its own. One that
// is interrupted inside a group leaves nothing behind, and those that run side by side do not move each other's lines.
import { type Origin, origins } from './origin.ts';

/** The names that Node 20 and later ones give the property. */
const NAMES: readonly (string | undefined)[] = ['kGroupIndent', 'kGroupIndentationString'];

/** The property; null where this Node keeps it elsewhere: then groups are as they always were. */
export function separateConsoleGroups(target: Console): symbol | null {
  const key = Object.getOwnPropertySymbols(target).find(
    (symbol) => NAMES.includes(symbol.description) && Reflect.get(target, symbol) === '',
  );
  if (key === undefined) return null;
  const indents = new WeakMap<Origin, string>();
  let outside = '';
  Object.defineProperty(target, key, {
    configurable: true,
    enumerable: false,
    get: () => {
      const origin = origins.getStore();
      return origin === undefined ? outside : (indents.get(origin) ?? '');
    },
    set: (indent: string) => {
      const origin = origins.getStore();
      if (origin === undefined) outside = indent;
      else indents.set(origin, indent);
    },
  });
  return key;
}

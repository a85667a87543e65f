// Whether a value is JSON as it stands, so that walker.ts would give it back unchanged. Most large outputs are, and this
// asks several times as fast: it keeps no way to the value at hand, since it has nothing to say about it.

/** False also where it only might not be. Deeper than `levels` it never is. */
export function isPlainJson(value: object, levels: number): boolean {
  if (levels === 0) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    if (prototype !== Array.prototype) return false;
    for (let index = 0; index < value.length; index++) if (!isPlain(value[index], levels)) return false;
    return true;
  }
  if (prototype !== Object.prototype && prototype !== null) return false;
  return arePlain(value as Record<string, unknown>, levels);
}

function arePlain(value: Record<string | symbol, unknown>, levels: number): boolean {
  // An enumeration might not show them.
  if (value.toJSON !== undefined || value[Symbol.iterator] !== undefined) return false;
  // Faster than by a list of the keys. What it inherits comes along, and is looked at for nothing.
  for (const name in value) if (!name.isWellFormed() || !isPlain(value[name], levels)) return false;
  return true;
}

function isPlain(value: unknown, levels: number): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value) && (value !== 0 || !Object.is(value, -0));
    case 'object':
      return value === null || isPlainJson(value, levels - 1);
    default:
      return typeof value === 'boolean';
  }
}

// import() for code that may run as a compiled script (compiled.ts): on Node 20, one from V8's code cache has no loader
// of its own. Whoever runs it lends it one.

type ImportModule = <M extends object = Readonly<Record<string, unknown>>>(specifier: string) => Promise<M>;

/** A parameter of the function around each script, see scripts/bundle.mjs; nothing elsewhere. */
declare const importOfLoader: ImportModule | undefined;

/** Relative specifiers have no place to start from: give a URL, or the name of a package that Pawl depends on. */
export const importModule: ImportModule =
  typeof importOfLoader === 'undefined' ? (specifier) => import(specifier) : importOfLoader;

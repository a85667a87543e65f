// Gives the functions in a profile back to the modules that they were written in: dist/ is a few bundles, each with the
// name of a module in a comment above it. Reads nothing by itself.
import type { CpuProfile } from './stacks.ts';

const BUNDLE = /^(?:file:\/\/)?(.*)\/dist\/[^?]*\.c?js$/;
const MODULE = /^\s*\/\/ ((?:src|node_modules)\/\S+)$/;

/** `read` gives the text of a file; null where there is none. A function in no module stays where it is. */
export function unbundled(profile: CpuProfile, read: (path: string) => string | null): CpuProfile {
  const bundles = new Map<string, readonly (string | null)[]>();
  const modulesOf = (url: string) => {
    const known = bundles.get(url) ?? moduleByLine(read(url.replace(/^file:\/\//, '')) ?? '');
    bundles.set(url, known);
    return known;
  };
  const nodes = profile.nodes.map((node) => {
    const { url, lineNumber = 0 } = node.callFrame;
    const root = url.includes('/node_modules/') ? undefined : BUNDLE.exec(url)?.[1];
    const module = root === undefined ? null : (modulesOf(url)[lineNumber] ?? null);
    if (module === null) return node;
    const place = module.replace(/^src\/(.*)\.ts$/, 'dist/$1.js');
    return { ...node, callFrame: { ...node.callFrame, url: `file://${root}/${place}` } };
  });
  return { ...profile, nodes };
}

function moduleByLine(text: string): (string | null)[] {
  let module: string | null = null;
  return text.split('\n').map((line) => {
    module = MODULE.exec(line)?.[1] ?? module;
    return module;
  });
}

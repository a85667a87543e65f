// Finds the addon's binary and loads it; the only place that knows where it lies. Never loads anything but the addon,
// and never hides why a file that exists could not be used.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packagePath } from '../base/package-place.ts';
import { PawlError } from '../errors.ts';
import type { NativeApi } from './native-api.ts';

const FUNCTIONS = {
  redirect: true,
  capturePipe: true,
  writeAll: true,
  writeText: true,
  readAvailable: true,
  hasBytes: true,
  pendingBytes: true,
  setBlocking: true,
  flushStdio: true,
  adoptOrphans: true,
  pauseAborts: true,
  exitNow: true,
  prepareInterrupts: true,
  guard: true,
  interrupt: true,
  nudge: true,
  tokenInside: true,
  fatalException: true,
  reap: true,
} as const satisfies Record<keyof NativeApi, true>;

/** A file that is not the addon, and why. */
export interface Attempt {
  readonly file: string;
  readonly reason: string;
}

export interface FoundNative {
  readonly native: NativeApi;
  /** Where it lies. */
  readonly file: string;
  /** What was tried before. */
  readonly attempts: readonly Attempt[];
}

let loaded: NativeApi | null = null;

/** The addon; a PawlError with PAWL_ADDON_UNAVAILABLE that lists every attempt when there is none to load. */
export function loadNative(): NativeApi {
  if (loaded !== null) return loaded;
  const found = findNative();
  if (!('native' in found)) throw new PawlError('PAWL_ADDON_UNAVAILABLE', explain(found.attempts));
  warnAboutBroken(found);
  loaded = found.native;
  return loaded;
}

/** Loads the first file that is the addon; without one, only what was tried. */
export function findNative(): FoundNative | { readonly attempts: readonly Attempt[] } {
  const load = createRequire(import.meta.url);
  const attempts: Attempt[] = [];
  for (const file of addonCandidates()) {
    const result = existsSync(file) ? tryLoad(load, file) : 'no such file';
    if (typeof result !== 'string') return { native: result, file, attempts };
    attempts.push({ file, reason: result });
  }
  return { attempts };
}

/** Where the addon may lie, best first. A build of this machine wins over what the package shipped. */
export function addonCandidates(): readonly string[] {
  const forced = process.env.PAWL_ADDON;
  if (forced) return [path.resolve(forced)];
  const prebuilds = packagePath('prebuilds', `${process.platform}-${process.arch}`);
  return [
    packagePath('build', 'Release', 'pawl.node'),
    ...libcTags().map((tag) => path.join(prebuilds, `pawl${tag}.node`)),
  ];
}

function libcTags(): readonly string[] {
  if (process.platform !== 'linux') return [''];
  // A guess is enough: a binary for the other C library refuses to load, and then the next one is tried.
  return existsSync('/etc/alpine-release') ? ['.musl', '.glibc'] : ['.glibc', '.musl'];
}

/** The addon, or why this file is not it. */
function tryLoad(load: NodeJS.Require, file: string): NativeApi | string {
  try {
    const addon: unknown = load(file);
    if (isNativeApi(addon)) return addon;
    return 'was built from other sources than this version of pawl';
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function isNativeApi(addon: unknown): addon is NativeApi {
  if (typeof addon !== 'object' || addon === null) return false;
  const exported = new Map<string, unknown>(Object.entries(addon));
  return Object.keys(FUNCTIONS).every((name) => typeof exported.get(name) === 'function');
}

function warnAboutBroken({ attempts, file: used }: FoundNative): void {
  for (const { file, reason } of attempts.filter((attempt) => existsSync(attempt.file))) {
    process.emitWarning(`pawl uses ${used}, because ${file} could not be loaded: ${reason}`);
  }
}

function explain(attempts: readonly Attempt[]): string {
  const tried = attempts.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
  return `the native addon could not be loaded on ${process.platform}-${process.arch}. Tried:${tried}\n${howToMend()}`;
}

/** What to do where no file is the addon. */
export function howToMend(): string {
  return process.env.PAWL_ADDON
    ? 'Unset PAWL_ADDON, or let it name a working file.'
    : 'Run `npm rebuild pawl`; where no prebuilt binary fits, that needs a C++ compiler and make or CMake. ' +
        'Supported are Linux (glibc 2.28 or musl) and macOS on x64 and arm64.';
}

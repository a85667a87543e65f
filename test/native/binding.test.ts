// Finding and loading the addon, in a copy of the package's layout whose binaries the test chooses.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addonCandidates } from '../../src/native/binding.ts';
import { compileAddon } from './fixture-addon.ts';
import { ROOT, runFixture, withScratch } from './run-fixture.ts';
import { importInstallAddon } from './scripts-interface.ts';

const BUILT = path.join(ROOT, 'build', 'Release', 'pawl.node');
// Best first, as the loader tries them on this platform.
const [LOCAL = '', ...PREBUILDS] = addonCandidates().map((file) => path.relative(ROOT, file));
const [PREBUILD = ''] = PREBUILDS;

interface Outcome {
  readonly code?: string;
  readonly message?: string;
  readonly exports?: readonly string[];
  readonly again?: boolean;
}

describe('loadNative', () => {
  it('loads a binary that was built here, once', async () => {
    const { outcome, stderr } = await load({ [LOCAL]: 'works' });
    expect(outcome).toEqual({ exports: declaredFunctions(), again: true });
    expect(stderr).toBe('');
  });

  it('loads the prebuilt binary of the package where nothing was built', async () => {
    const { outcome, stderr } = await load({ [PREBUILD]: 'works' });
    expect(outcome.exports).toEqual(declaredFunctions());
    expect(stderr).toBe('');
  });

  it('uses the prebuilt binary when the built one is broken, and says so', async () => {
    const { outcome, stderr } = await load({ [LOCAL]: 'broken', [PREBUILD]: 'works' });
    expect(outcome.exports).toEqual(declaredFunctions());
    expect(stderr).toMatch(
      /pawl uses .*prebuilds.* because .*build\/Release\/pawl\.node could not be loaded: /,
    );
  });

  it('names every file it tried, why each failed and how to mend it', async () => {
    const { outcome } = await load({ [LOCAL]: 'broken' });
    expect(outcome.code).toBe('PAWL_ADDON_UNAVAILABLE');
    expect(outcome.message).toMatch(
      /build\/Release\/pawl\.node: .*(invalid ELF|file too short|not a mach-o)/i,
    );
    for (const file of PREBUILDS) expect(outcome.message).toContain(`${file}: no such file`);
    expect(outcome.message).toContain('npm rebuild pawl');
    expect(outcome.message).toContain('Linux (glibc 2.28 or musl) and macOS');
  });

  it('refuses a binary with another surface', async () => {
    const { outcome } = await load({ [LOCAL]: 'foreign' });
    expect(outcome.message).toContain('was built from other sources than this version of pawl');
  });

  it('tries nothing but the file PAWL_ADDON names', async () => {
    const { outcome } = await load({ [LOCAL]: 'works' }, { PAWL_ADDON: '/does/not/exist.node' });
    expect(outcome.code).toBe('PAWL_ADDON_UNAVAILABLE');
    expect(outcome.message).toContain('/does/not/exist.node: no such file');
    expect(outcome.message).toContain('Unset PAWL_ADDON');
    expect(outcome.message).not.toContain('build/Release');
  });
});

describe('the install script', () => {
  it('looks for the addon where the loader does', async () => {
    const { addonCandidates: installCandidates, root } = await importInstallAddon();
    expect(installCandidates(root)).toEqual(addonCandidates());
  });

  it('builds anew in a copy of a checkout, whose build folder would compile the original’s sources', async () => {
    const { forgetOtherCheckout } = await importInstallAddon();
    await withScratch((folder) => {
      const isKept = (home: string) => {
        const build = path.join(folder, 'build');
        mkdirSync(build, { recursive: true });
        writeFileSync(
          path.join(build, 'CMakeCache.txt'),
          `A:STRING=\nCMAKE_HOME_DIRECTORY:INTERNAL=${home}\n`,
        );
        forgetOtherCheckout(build);
        return existsSync(build);
      };
      expect([isKept(ROOT), isKept(`${ROOT}-copy`)]).toEqual([true, false]);
      expect(() => forgetOtherCheckout(path.join(folder, 'nothing-here'))).not.toThrow();
    });
  });
});

type Binary = 'works' | 'broken' | 'foreign';

async function load(
  binaries: Readonly<Record<string, Binary>>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ outcome: Outcome; stderr: string }> {
  return withScratch(async (folder) => {
    writeFileSync(path.join(folder, 'package.json'), '{"name":"pawl","type":"module"}');
    for (const source of [
      'native/binding.ts',
      'native/native-api.ts',
      'base/package-place.ts',
      'errors.ts',
    ]) {
      cpSync(path.join(ROOT, 'src', source), path.join(folder, 'src', source));
    }
    for (const [file, binary] of Object.entries(binaries)) place(path.join(folder, file), binary);
    const args = [path.join(folder, 'src', 'native', 'binding.ts')];
    const { reports, stderr } = await runFixture('load-binding', { args, env: { PAWL_ADDON: '', ...env } });
    return { outcome: reports[0] as Outcome, stderr };
  });
}

function place(file: string, binary: Binary): void {
  mkdirSync(path.dirname(file), { recursive: true });
  if (binary === 'works') cpSync(BUILT, file);
  else if (binary === 'broken') writeFileSync(file, 'x'.repeat(4096));
  else cpSync(compileAddon('printf', path.dirname(file)), file);
}

function declaredFunctions(): readonly string[] {
  const source = readFileSync(path.join(ROOT, 'src', 'native', 'native-api.ts'), 'utf8');
  const body = source.slice(source.indexOf('export interface NativeApi'));
  return [...body.matchAll(/^ {2}(\w+)(?:<\w+>)?\(/gm)].map(([, name]) => name ?? '');
}

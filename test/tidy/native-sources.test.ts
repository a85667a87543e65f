// CMakeLists.txt and binding.gyp describe one target, and addon.cc and native-api.ts one surface: neither may drift.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const cmake = read('CMakeLists.txt');

interface GypTarget {
  readonly sources: readonly string[];
  readonly defines: readonly string[];
  readonly cflags_cc: readonly string[];
  readonly conditions: readonly (readonly [string, { readonly ldflags?: readonly string[] }])[];
}
// gyp reads Python literals; ours is kept in the part that is JSON as well.
const gyp = (JSON.parse(read('binding.gyp')) as { targets: readonly [GypTarget] }).targets[0];

describe('CMakeLists.txt and binding.gyp', () => {
  it('compile every source file of native/src, in the same order', () => {
    const sources = words(/add_library\(pawl MODULE([^)]*)\)/);
    const present = readdirSync(new URL('../../native/src', import.meta.url)).filter((name) =>
      name.endsWith('.cc'),
    );
    expect(sources).toEqual(present.sort().map((name) => `native/src/${name}`));
    expect(gyp.sources).toEqual(sources);
  });

  it('define the same macros', () => {
    expect(gyp.defines).toEqual(words(/target_compile_definitions\(pawl PRIVATE([^)]*)\)/));
  });

  it('compile with the same flags, but for warnings as errors', () => {
    // A newer compiler with a new warning must not break an installation; here it shall break the build.
    const flags = words(/target_compile_options\(pawl PRIVATE ([^)$]*)\)/).filter(
      (flag) => flag !== '-Werror',
    );
    // CMake has properties of its own for these two.
    expect(cmake).toContain('set(CMAKE_CXX_STANDARD 17)');
    expect(cmake).toContain('set(CMAKE_CXX_VISIBILITY_PRESET hidden)');
    expect(gyp.cflags_cc).toEqual(['-std=c++17', '-fvisibility=hidden', ...flags]);
  });

  it('link with the same flags on Linux', () => {
    const flags = words(/target_link_options\(pawl PRIVATE\s(\s*-static[^)]*)\)/);
    const linux = gyp.conditions.find(([condition]) => condition === "OS=='linux'");
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CMake writes its variables like this.
    const root = '${CMAKE_CURRENT_SOURCE_DIR}';
    expect(linux?.[1].ldflags).toEqual(flags.map((flag) => flag.replace(root, '<(module_root_dir)')));
  });
});

describe('addon.cc and native-api.ts', () => {
  it('have the same functions in the same order', () => {
    const exported = [...read('native/src/addon.cc').matchAll(/exports\.Set\("(\w+)"/g)].map(
      ([, name]) => name,
    );
    const api = read('src/native/native-api.ts');
    const declared = [...api.slice(api.indexOf('interface NativeApi')).matchAll(/^ {2}(\w+)(?:<\w+>)?\(/gm)];
    expect(exported.length).toBeGreaterThan(0);
    expect(exported).toEqual(declared.map(([, name]) => name));
  });
});

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

function words(pattern: RegExp): readonly string[] {
  const body = pattern.exec(cmake)?.[1];
  if (body === undefined) throw new Error(`CMakeLists.txt has no ${pattern}`);
  return body.split(/\s+/).filter((word) => word !== '');
}

// What the binary needs from whoever loads it: nothing that a version of Node or of the system may take away.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './run-fixture.ts';

interface NodeApiHeaders {
  readonly symbols: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const headers: NodeApiHeaders = createRequire(import.meta.url)('node-api-headers');
/** Node exports libuv, whose binary interface has been the same since 1.0. */
const LIBUV = ['uv_err_name', 'uv_strerror'];

describe.runIf(process.platform === 'linux')('the dynamic symbols of the addon', () => {
  const lines = execFileSync('objdump', ['-T', path.join(ROOT, 'build', 'Release', 'pawl.node')], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((line) => /^[0-9a-f]{16} /.test(line));
  const nameOf = (line: string) => line.trim().split(/\s+/).at(-1) ?? '';

  it('are Node-API 9, two functions of libuv and the C library', () => {
    const nodeApi = Object.values(headers.symbols.v9 ?? {}).flat();
    expect(nodeApi.length).toBeGreaterThan(100);
    const needed = lines.filter((line) => line.includes('*UND*') && !line.includes('(GLIBC_'));
    const isWeak = (line: string) => /^[0-9a-f]{16} {2}w/.test(line);
    const names = needed.filter((line) => !isWeak(line)).map(nameOf);
    expect(names).toEqual(expect.arrayContaining(LIBUV));
    expect(names.filter((name) => !nodeApi.includes(name) && !LIBUV.includes(name))).toEqual([]);
  });

  it('that it offers are what Node looks up', () => {
    const offered = lines.filter((line) => !line.includes('*UND*')).map(nameOf);
    expect(offered.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });
});

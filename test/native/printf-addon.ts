// Compiles test/fixtures/native/printf.c, once per test file that needs native code which prints.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './run-fixture.ts';

export function compilePrintf(folder: string): string {
  const headers: { include_dir: string } = createRequire(import.meta.url)('node-api-headers');
  const output = path.join(folder, 'printf.node');
  const source = path.join(ROOT, 'test', 'fixtures', 'native', 'printf.c');
  const shared =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
  execFileSync('cc', [...shared, '-I', headers.include_dir, '-DNAPI_VERSION=9', '-o', output, source]);
  return output;
}

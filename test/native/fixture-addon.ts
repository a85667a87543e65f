// Compiles an addon of test/fixtures/native, for tests that need native code which prints or blocks.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './run-fixture.ts';

export function compileAddon(name: 'printf' | 'blocking' | 'crash' | 'slowly', folder: string): string {
  const headers: { include_dir: string } = createRequire(import.meta.url)('node-api-headers');
  const output = path.join(folder, `${name}.node`);
  const source = path.join(ROOT, 'test', 'fixtures', 'native', `${name}.c`);
  const shared =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
  execFileSync('cc', [...shared, '-I', headers.include_dir, '-DNAPI_VERSION=9', '-o', output, source]);
  return output;
}

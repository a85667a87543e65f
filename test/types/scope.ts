// Compiled, never run: what a scope and the file types let user code write.
import { createReadStream } from 'node:fs';
import { expectTypeOf } from 'vitest';
import {
  active,
  currentScope,
  type OutputFile,
  outputFile,
  PawlFile,
  type Scope,
  Secret,
} from '../../src/index.ts';

const scope = currentScope();
expectTypeOf(scope).toEqualTypeOf<Scope<unknown>>();
expectTypeOf(active).toEqualTypeOf<boolean>();

scope.metrics.record('tokens', 3);
scope.metrics.record('tokens', 1n, 'increment');
// @ts-expect-error no such mode
scope.metrics.record('tokens', 3, 'multiply');
// @ts-expect-error a function is no metric
scope.metrics.record('tokens', () => 3);
// @ts-expect-error read only
scope.id = 'x';

const bound = scope.bind((percent: number, label: string) => `${label} ${percent}`);
expectTypeOf(bound).toEqualTypeOf<(percent: number, label: string) => string>();

const image = new PawlFile({ path: '/tmp/a.png', name: 'a.png', type: 'image/png', size: 3 });
expectTypeOf(image.arrayBuffer()).resolves.toEqualTypeOf<ArrayBuffer>();
expectTypeOf(`${image}`).toEqualTypeOf<string>();
// @ts-expect-error read only
image.path = 'elsewhere';

expectTypeOf(new Secret('x').reveal()).toEqualTypeOf<string>();

expectTypeOf(outputFile('a.png')).toEqualTypeOf<OutputFile>();
outputFile(Buffer.from('x'), { name: 'x.txt', type: 'text/plain' });
outputFile(new Uint8Array(3));
outputFile(new Blob(['x']));
outputFile(image, { name: 'copy.png' });
outputFile(createReadStream('a.png'));
outputFile(new Response('x').body ?? 'fallback');
// @ts-expect-error a number is no file
outputFile(3);

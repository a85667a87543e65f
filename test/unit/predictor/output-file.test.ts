import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { OutputFile, outputFile } from '../../../src/predictor/output-file.ts';

describe('outputFile()', () => {
  it.each([
    'picture.png',
    Buffer.from('x'),
    new Uint8Array(2),
    new ArrayBuffer(2),
    new Blob(['x']),
    new Blob(['x']).stream(),
    Readable.from(['x']),
  ])('marks %o', (source) => {
    const marked = outputFile(source, { name: 'a.png', type: 'image/png' });
    expect(marked).toBeInstanceOf(OutputFile);
    expect(marked).toMatchObject({ source, name: 'a.png', type: 'image/png' });
  });

  it('leaves name and type open where they are not given', () => {
    expect(outputFile('a.png')).toMatchObject({ name: null, type: null });
  });

  it('refuses at once what is no file', () => {
    expect(() => Reflect.apply(outputFile, undefined, [{ a: 1 }])).toThrow(
      'outputFile() takes a path, a Buffer, a Blob or a readable stream, not a value of type Object',
    );
    expect(() => Reflect.apply(outputFile, undefined, [undefined])).toThrow(/not undefined$/);
    expect(() => outputFile('')).toThrow(/empty path/);
  });
});

import { describe, expect, it } from 'vitest';
import * as pawl from '../../../src/index.ts';
import { importsOf, sourceFiles } from '../../tidy/source-files.ts';

describe("import 'pawl'", () => {
  it('gives these names', () => {
    expect(Object.keys(pawl).sort()).toEqual([
      'CancelationError',
      'OutputFile',
      'PawlFile',
      'Secret',
      'active',
      'choices',
      'currentScope',
      'definePredictor',
      'file',
      'interruptible',
      'isCancelable',
      'outputFile',
      'secret',
      'serve',
    ]);
  });

  it('loads zod and nothing else that is not ours or Node’s', () => {
    const files = new Map(sourceFiles(/^src\/.*\.ts$/).map((file) => [file.name, file]));
    const packages = new Set<string>();
    const seen = new Set<string>();
    const visit = (name: string) => {
      const file = files.get(name);
      if (file === undefined || seen.has(name)) return;
      seen.add(name);
      for (const { target, kind } of importsOf(file)) {
        if (kind !== 'static') continue;
        if (!target.startsWith('src/') && !target.startsWith('node:')) packages.add(target);
        visit(target);
      }
    };
    visit('src/index.ts');
    expect(seen.size).toBeGreaterThan(5);
    expect([...packages]).toEqual(['zod']);
  });

  it('outside a worker is inactive and has a scope that does nothing', () => {
    expect(pawl.active).toBe(false);
    const scope = pawl.currentScope();
    expect(scope.id).toBe('');
    expect(scope.bind(Math.max)(1, 2)).toBe(2);
    scope.metrics.record('x', 1);
    scope.throwIfCanceled();
    expect(() => scope.tempDir).toThrow(/only inside a prediction/);
  });
});

describe('definePredictor()', () => {
  it('gives back what it got, so that a test can call it', () => {
    const predictor = pawl.definePredictor({ predict: ({ n }) => Number(n) + 1, concurrency: 2 });
    const scope: pawl.Scope<undefined> = Object.create(pawl.currentScope());
    expect(predictor.predict?.({ n: 1 }, scope)).toBe(2);
    expect(predictor.concurrency).toBe(2);
  });
});

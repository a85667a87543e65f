import { expect, it } from 'vitest';
import { limit } from '../../../../src/limits.ts';
import { readPredictionBody } from '../../../../src/server/http/prediction-request.ts';
import { type Issue, RequestRefused, valueIssue } from '../../../../src/server/prediction/refusal.ts';

function issuesOf(body: Record<string, unknown>): readonly Issue[] {
  try {
    readPredictionBody(body);
    return [];
  } catch (error) {
    if (error instanceof RequestRefused) return error.issues;
    throw error;
  }
}

const contextOf = (bytes: number) => ({ a: 'é'.repeat((bytes - 2) / 2), b: '' });

it('takes a context up to its limit, in bytes', () => {
  const bytesMax = limit('contextBytesMax');
  expect(issuesOf({ context: contextOf(bytesMax) })).toEqual([]);
  expect(issuesOf({ context: contextOf(bytesMax + 2) })).toEqual([
    valueIssue(['context'], `must not be larger than ${bytesMax} bytes; send more as an input`),
  ]);
});

it('takes a version up to its limit, and ignores one that is no text', () => {
  const lengthMax = limit('versionLengthMax');
  expect(readPredictionBody({ version: 'v'.repeat(lengthMax) }).version).toHaveLength(lengthMax);
  expect(readPredictionBody({ version: ['v'] }).version).toBeNull();
  expect(issuesOf({ version: 'v'.repeat(lengthMax + 1) })).toMatchObject([{ path: ['version'] }]);
});

it('names some of what is wrong, counts the rest, and quotes no long name', () => {
  const issuesMax = limit('issuesMax');
  const context = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
  const issues = issuesOf({ context });
  expect(issues).toHaveLength(issuesMax);
  expect(issues.at(-1)).toEqual(valueIssue([], `and ${10_000 - issuesMax + 1} more`));
  // What another process has refused is not counted again.
  expect(new RequestRefused('PAWL_REQUEST_INVALID', issues).issues).toEqual(issues);
  const [long] = issuesOf({ context: { ['k'.repeat(100_000)]: 1 } });
  expect(String(long?.path.at(-1))).toMatch(/^k{127}…$/);
});

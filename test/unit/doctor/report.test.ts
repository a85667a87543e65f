import { expect, it } from 'vitest';
import { failure, ok, warning } from '../../../src/doctor/finding.ts';
import { isUsable, reportAsJson, reportAsText } from '../../../src/doctor/report.ts';

const GOOD = ok('node', '20.20.2');
const POOR = warning('pipes', 'small', 'Enlarge them.');
const BAD = failure('addon', 'missing:\n/a.node: no such file', 'Build it.');

it('shows a line for each finding, and how to mend what is wrong', () => {
  expect(reportAsText([GOOD, POOR, BAD])).toBe(
    [
      'ok       node        20.20.2',
      'warning  pipes       small',
      '                     → Enlarge them.',
      'FAILURE  addon       missing:',
      '                       /a.node: no such file',
      '                     → Build it.',
      '',
      'not usable: 1 check failed, with 1 warning',
      '',
    ].join('\n'),
  );
});

it('is usable with warnings, not with a failure', () => {
  expect([isUsable([GOOD, POOR]), isUsable([GOOD, BAD])]).toEqual([true, false]);
  expect(reportAsText([GOOD])).toMatch(/\n\nusable\n$/);
  expect(reportAsText([POOR, POOR])).toMatch(/\n\nusable, with 2 warnings\n$/);
});

it('gives scripts the same as JSON', () => {
  expect(JSON.parse(reportAsJson([POOR]))).toEqual({ usable: true, findings: [POOR] });
});

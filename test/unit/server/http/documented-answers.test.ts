import { expect, it } from 'vitest';
import { DocumentedAnswers, documentOfAnything } from '../../../helpers/documented-answers.ts';

const answers = new DocumentedAnswers(documentOfAnything());
const answer = {
  method: 'GET',
  path: '/predictions/a?x=1',
  status: 200,
  mediaType: 'application/json',
  body: '{"id": "a", "status": "succeeded"}',
};
const error = '{"error": "none", "code": "PAWL_NOT_FOUND"}';

it.each([
  [{}, null],
  [{ body: '{"id": "a"}' }, /must have required property 'status'/],
  [{ body: '{"id": "a", "status": "done"}' }, /allowed values/],
  [{ body: '{"id": "a", "status": "failed", "created_at": "today"}' }, /date-time/],
  [{ body: '{"id": "a", "status": "failed", "queue": {"position": 1, "estimated_wait": null}}' }, null],
  [{ status: 201 }, /no such status/],
  [{ mediaType: 'text/plain' }, /its type is text\/plain/],
  [{ status: 404 }, /must have required property 'error'/],
  [{ status: 404, body: error }, null],
  [{ status: 418, body: error }, null],
  [{ path: '/nothing' }, /no such operation/],
  [{ path: '/nothing', status: 404, body: error }, null],
  [{ method: 'DELETE', path: '/files/x', status: 204, mediaType: null, body: '' }, null],
  [{ method: 'DELETE', path: '/files/x', status: 204 }, /has a body/],
])('%j is as documented, or the reason says what is not', (part, reason) => {
  const fault = answers.fault({ ...answer, ...part });
  if (reason === null) expect(fault).toBeNull();
  else expect(fault).toMatch(reason);
});

it('remembers the statuses that it has seen', () => {
  expect([...answers.seen]).toContain('GET /predictions/{prediction_id} 404');
  expect(answers.documented()).toEqual(expect.arrayContaining([...answers.seen]));
});

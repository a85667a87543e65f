import { describe, expect, it } from 'vitest';
import { ERRORS, isErrorCode, PawlError } from '../../../../src/errors.ts';
import { asRequestError, errorReply } from '../../../../src/server/http/error-reply.ts';
import { RequestRefused, valueIssue } from '../../../../src/server/prediction/refusal.ts';

const CODES = Object.keys(ERRORS).filter(isErrorCode);

describe('errorReply', () => {
  it.each(CODES)('answers %s with its status, its code and its message', (code) => {
    const reply = errorReply(new PawlError(code, 'what happened'));
    expect(reply.status).toBe(ERRORS[code].status ?? 500);
    expect(JSON.parse(reply.body)).toMatchObject({ error: 'what happened', code });
    expect(ERRORS[code].summary).toMatch(/\.$/);
  });

  it.each([
    ['PAWL_AT_CAPACITY', true],
    ['PAWL_NOT_READY', true],
    ['PAWL_DEFUNCT', true],
    ['PAWL_ID_IN_USE', false],
    ['PAWL_INTERNAL', false],
    ['PAWL_NOT_FOUND', false],
  ] as const)('says for %s that the prediction failed: %s', (code, isFailed) => {
    expect(JSON.parse(errorReply(new PawlError(code, 'x')).body).status).toBe(
      isFailed ? 'failed' : undefined,
    );
  });

  it('answers a refused request as Cog does', () => {
    const refused = new RequestRefused('PAWL_REQUEST_INVALID', [valueIssue(['a', 0], 'bad')], 'query');
    expect(errorReply(refused)).toEqual({
      status: 422,
      headers: {},
      body: '{"detail":[{"loc":["query","a",0],"msg":"bad","type":"value_error"}]}',
    });
  });
});

describe('asRequestError', () => {
  const foreign = (code: string) => Object.assign(new Error('theirs'), { code });

  it.each([
    ['FST_ERR_CTP_BODY_TOO_LARGE', 'PAWL_BODY_TOO_LARGE'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'PAWL_UNSUPPORTED_MEDIA_TYPE'],
    ['FST_ERR_BAD_URL', 'PAWL_BAD_REQUEST'],
    ['HPE_HEADER_OVERFLOW', 'PAWL_HEADERS_TOO_LARGE'],
    ['HPE_INVALID_METHOD', 'PAWL_BAD_REQUEST'],
    ['ERR_HTTP_REQUEST_TIMEOUT', 'PAWL_REQUEST_TIMEOUT'],
    ['ENOENT', 'PAWL_INTERNAL'],
    ['constructor', 'PAWL_INTERNAL'],
  ])('makes %s a %s', (code, ours) => {
    expect(asRequestError(foreign(code)).code).toBe(ours);
  });

  it('shows nothing of a defect of ours but where to look', () => {
    const error = asRequestError(new TypeError('secret of the implementation'));
    expect([error.code, error.message.includes('secret')]).toEqual(['PAWL_INTERNAL', false]);
  });
});

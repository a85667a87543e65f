import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { REPLICATE_DIALECT } from '../../../../src/server/replicate/stream-dialect.ts';
import { fakeServer, post } from '../../../helpers/fake-server.ts';

function parsed(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => void events.push(event) }).feed(text);
  return events;
}

async function prediction(end: 'succeeds' | 'fails' | 'canceled') {
  const server = fakeServer();
  const { answer } = await server.begin(post('/predictions', { id: 'mine', input: {} }));
  const found = server.app.engine.service.find('predict', 'mine' as never);
  if (found === null) throw new Error('no prediction');
  const [run] = server.fleet.slots.runs;
  if (end === 'succeeds') run?.succeed();
  if (end === 'fails') run?.fail('TypeError', 'no more words');
  if (end === 'canceled') {
    found.cancel();
    run?.cancel();
  }
  await answer;
  return found;
}

describe("an event stream in Replicate's words", () => {
  it.each([
    ['one line', 'one line'],
    ['two\nlines', 'two\nlines'],
    ['ends\n', 'ends\n'],
    ['\n', '\n'],
    ['', ''],
    [' a space first', ' a space first'],
    ['carriage\r\nreturns\rtoo', 'carriage\nreturns\ntoo'],
    [7, '7'],
    [null, 'null'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('an output %j arrives as the text %j', async (value, text) => {
    const event = { type: 'output', index: 0, value } as const;
    const [output] = parsed(REPLICATE_DIALECT.event('x-1', event, await prediction('succeeds')));
    expect(output).toEqual({ id: 'x-1', event: 'output', data: text });
  });

  it('has no word for what is logged and measured', async () => {
    const subject = await prediction('succeeds');
    const log = { type: 'log', stream: 'stdout', data: 'x\n' } as const;
    for (const event of [{ type: 'start' } as const, log]) {
      expect(REPLICATE_DIALECT.event('x-1', event, subject)).toBe('');
    }
  });

  it.each([
    ['succeeds', [['done', '{}']]],
    ['canceled', [['done', '{"reason":"canceled"}']]],
    [
      'fails',
      [
        ['error', 'TypeError: no more words'],
        ['done', '{"reason":"error"}'],
      ],
    ],
  ] as const)('a prediction that %s ends with %j', async (how, expected) => {
    const text = REPLICATE_DIALECT.event('x-9', { type: 'completed' }, await prediction(how));
    expect(parsed(text).map(({ event, data }) => [event, data])).toEqual(expected);
  });

  it('names what was missed, without an id', () => {
    expect(parsed(REPLICATE_DIALECT.gap(3))).toEqual([
      { id: undefined, event: 'gap', data: '{"skipped":3}' },
    ]);
  });
});

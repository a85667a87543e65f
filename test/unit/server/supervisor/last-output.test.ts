import { beforeEach, describe, expect, it } from 'vitest';
import { asWorkerIndex } from '../../../../src/protocol/ids.ts';
import { LastWords } from '../../../../src/server/slot/last-words.ts';
import type { Remains } from '../../../../src/server/supervisor/capture-remains.ts';
import { LastOutput, type WritingSlot } from '../../../../src/server/supervisor/last-output.ts';
import { SetupRecord } from '../../../../src/server/supervisor/setup-record.ts';
import { WorkerOutput } from '../../../../src/server/supervisor/worker-output.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { RecordingLogger } from '../../../helpers/recording-logger.ts';

class FakeSlot implements WritingSlot {
  readonly lastWords = new LastWords();
  readonly isRunning: boolean;
  readonly isTorn: boolean;
  readonly log: string[] = [];

  constructor(isRunning: boolean, isTorn = false) {
    this.isRunning = isRunning;
    this.isTorn = isTorn;
  }

  lastOutput(stream: string, text: string): void {
    this.log.push(`${stream}: ${text}`);
    if (stream === 'stderr') this.lastWords.append(text);
  }
}

const err = (text: string): Remains[] => [{ stream: 'stderr', text }];
const NOTICE = 'FATAL ERROR: out of memory';

describe('the last output of a worker', () => {
  let logger: RecordingLogger;
  let output: WorkerOutput;
  let setup: SetupRecord;

  beforeEach(() => {
    logger = new RecordingLogger();
    setup = new SetupRecord(new ManualClock());
    output = new WorkerOutput(asWorkerIndex(0), logger, setup);
  });

  function settle(
    slots: readonly FakeSlot[],
    {
      ofProcess = [],
      ofSlots = [],
      isSetUp = true,
      runtimeWords = '',
    }: {
      ofProcess?: Remains[];
      ofSlots?: Remains[][];
      isSetUp?: boolean;
      runtimeWords?: string;
    },
  ): LastOutput {
    const remains = { ofProcess: () => ofProcess, ofSlot: (index: number) => ofSlots[index] ?? [] };
    return new LastOutput({ slots, output, remains, runtimeWords, isSetUp });
  }
  const serverLog = () => logger.lines.map(({ fields, message }) => `${fields.origin}: ${message}`);

  it('goes to the only prediction that runs, and explains its end', () => {
    const slots = [new FakeSlot(false), new FakeSlot(true)];
    const last = settle(slots, { ofProcess: [{ stream: 'stdout', text: 'a\n' }, ...err('no device\n')] });
    expect(slots.map(({ log }) => log)).toEqual([[], ['stdout: a\n', 'stderr: no device\n']]);
    expect(last.wordsOf(slots[1] ?? new FakeSlot(true))).toBe('no device');
    expect(serverLog()).toEqual([]);
  });

  it('goes to the server log where it may be of several, and only its notices are quoted', () => {
    const slots = [new FakeSlot(true), new FakeSlot(true)];
    const last = settle(slots, { ofProcess: err(`whose is this\n${NOTICE}\n`) });
    expect(slots.map(({ log }) => log)).toEqual([[], []]);
    expect(serverLog()).toEqual([`unattributed: whose is this\n${NOTICE}`]);
    expect(slots.map((slot) => last.wordsOf(slot))).toEqual([NOTICE, NOTICE]);
    expect(last.words).toBe(NOTICE);
  });

  it('of a slot goes to its prediction, and is quoted to no other', () => {
    const slots = [new FakeSlot(true), new FakeSlot(true), new FakeSlot(false)];
    const last = settle(slots, { ofSlots: [err('mine\n'), err('yours\n'), err('of nobody\n')] });
    expect(slots.map((slot) => last.wordsOf(slot))).toEqual(['mine', 'yours', '']);
    expect(serverLog()).toEqual(['detached: of nobody']);
    expect(last.words).toBe('');
  });

  it('is setup output before the worker was ready', () => {
    const last = settle([new FakeSlot(false)], { ofProcess: err('no weights\n'), isSetUp: false });
    expect(setup.report.logs).toBe('no weights\n');
    expect(last.words).toBe('no weights');
  });

  it('is marked where some of it may be missing', () => {
    const torn = new FakeSlot(true, true);
    const behind = new FakeSlot(true);
    const text = 'x'.repeat(100_000);
    settle([torn, behind], { ofSlots: [err('rest\n'), err(text)] });
    expect(torn.log).toEqual([expect.stringContaining('MAY BE MISSING'), 'stderr: rest\n']);
    expect(behind.log).toEqual([expect.stringContaining('MAY BE MISSING'), `stderr: ${text}`]);
  });

  it('includes what the runtime itself said', () => {
    const slots = [new FakeSlot(true)];
    const last = settle(slots, { runtimeWords: 'the I/O thread failed' });
    expect([last.words, last.wordsOf(slots[0] ?? new FakeSlot(true))]).toEqual(
      Array(2).fill('the I/O thread failed'),
    );
  });
});

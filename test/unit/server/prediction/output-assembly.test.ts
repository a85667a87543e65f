import { describe, expect, it } from 'vitest';
import { type Deferred, deferred } from '../../../../src/base/deferred.ts';
import type { Json } from '../../../../src/base/json.ts';
import { PawlError } from '../../../../src/errors.ts';
import { asPredictionId } from '../../../../src/protocol/ids.ts';
import type { Output } from '../../../../src/protocol/slot-messages.ts';
import { OutputAssembly } from '../../../../src/server/prediction/output-assembly.ts';
import type {
  DeliveryContext,
  OutputDelivery,
  PredictionDelivery,
  TakenOutput,
} from '../../../../src/server/prediction/output-delivery.ts';

/** Outputs are delivered when the test says so. */
class SlowDelivery implements OutputDelivery {
  readonly reads: Deferred<Json>[] = [];
  readonly delivered: Output[] = [];
  readonly discarded: Output[] = [];
  signal: AbortSignal | null = null;

  begin(_of: DeliveryContext, signal: AbortSignal): PredictionDelivery {
    this.signal = signal;
    return { take: (output) => this.#take(output) };
  }

  #take(output: Output): TakenOutput {
    const read = deferred<Json>();
    // A read that nobody waits for yet may fail.
    read.promise.catch(() => {});
    this.reads.push(read);
    return {
      deliver: async () => {
        this.delivered.push(output);
        return { value: await read.promise, stored: [] };
      },
      discard: async () => void this.discarded.push(output),
    };
  }
}

function assemble(bytesMax?: number) {
  const delivery = new SlowDelivery();
  const items: Json[] = [];
  const failures: PawlError[] = [];
  const events = {
    onItem: (index: number, value: Json) => void items.push([index, value]),
    onFailure: (error: PawlError) => void failures.push(error),
  };
  const bound = bytesMax === undefined ? {} : { bytesMax };
  const assembly = new OutputAssembly({
    context: { id: asPredictionId('p'), trace: {} },
    delivery,
    events,
    ...bound,
  });
  return { delivery, items, failures, assembly };
}

const inline = (value: Json, kind: Output['kind'] = 'chunk'): Output => ({
  type: 'output',
  id: asPredictionId('p'),
  kind,
  index: 0,
  payload: { in: 'message', value },
  files: [],
});
const onDisk = (): Output => ({ ...inline(null), payload: { in: 'file', path: '/nowhere', places: [] } });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('OutputAssembly', () => {
  it('takes what is inline at once', () => {
    const { assembly, items } = assemble();
    assembly.receive(inline('a'));
    expect(items).toEqual([[0, 'a']]);
    expect(assembly.settled()).toBeNull();
  });

  it('keeps the order when one output has to be read first', async () => {
    const { assembly, delivery, items } = assemble();
    assembly.receive(onDisk());
    assembly.receive(inline('b'));
    await turn();
    expect(items).toEqual([]);
    delivery.reads[0]?.resolve('a');
    await assembly.settled();
    expect(items).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(assembly.final('list')).toEqual(['a', 'b']);
    expect(assembly.settled()).toBeNull();
  });

  it('keeps the order when a later one is ready first', async () => {
    const { assembly, delivery, items } = assemble();
    assembly.receive(onDisk());
    assembly.receive(onDisk());
    expect(delivery.reads).toHaveLength(2);
    delivery.reads[1]?.resolve('b');
    await turn();
    expect(items).toEqual([]);
    delivery.reads[0]?.resolve('a');
    await assembly.settled();
    expect(items).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
  });

  it('fails when what waits behind a delivery is too large', async () => {
    const { assembly, delivery, failures, items } = assemble(1_000);
    assembly.receive(onDisk());
    for (const _time of [1, 2]) assembly.receive(inline('x'.repeat(600)));
    expect(failures.map(({ code }) => code)).toEqual(['PAWL_OUTPUT_INVALID']);
    delivery.reads[0]?.resolve('a');
    await assembly.settled();
    expect(items).toEqual([]);
  });

  it('fails once, and only cleans up what follows', async () => {
    const { assembly, delivery, failures, items } = assemble();
    assembly.receive(onDisk());
    assembly.receive(onDisk());
    await turn();
    delivery.reads[0]?.reject(new PawlError('PAWL_OUTPUT_FILE_FAILED', 'gone'));
    await assembly.settled();
    assembly.receive(inline('late'));
    expect(failures.map(({ code }) => code)).toEqual(['PAWL_OUTPUT_FILE_FAILED']);
    expect(delivery.discarded).toHaveLength(1);
    expect(items).toEqual([]);
  });

  it('aborts the read under way and drops its result', async () => {
    const { assembly, delivery, failures, items } = assemble();
    assembly.receive(onDisk());
    await turn();
    assembly.abort();
    expect(delivery.signal?.aborted).toBe(true);
    delivery.reads[0]?.reject(new Error('aborted'));
    await assembly.settled();
    expect([items, failures]).toEqual([[], []]);
  });

  it('fails when the outputs together are too large', () => {
    const { assembly, failures } = assemble(1_000);
    assembly.receive(inline('x'.repeat(600)));
    assembly.receive(inline('x'.repeat(600)));
    expect(failures.map(({ code }) => code)).toEqual(['PAWL_OUTPUT_INVALID']);
    expect(assembly.partial).toHaveLength(1);
  });

  it('knows a value from a list of chunks', () => {
    const { assembly } = assemble();
    expect([assembly.partial, assembly.final('value'), assembly.final('list')]).toEqual([
      undefined,
      null,
      [],
    ]);
    assembly.receive(inline([1, 2], 'value'));
    expect([assembly.partial, assembly.final('value')]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});

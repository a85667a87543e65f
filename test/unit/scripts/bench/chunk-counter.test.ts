import { describe, expect, it } from 'vitest';
import { chunkCounter } from '../../../../scripts/bench/load/chunk-counter.ts';

const STREAM = Buffer.from(
  'event: start\ndata: {}\n\nevent: output\ndata: {"chunk":"a"}\n\nevent: log\ndata: {}\n\nevent: output\ndata: {"chunk":"b"}\n\n',
);

describe('counting the chunks of an event stream', () => {
  it('counts each once, wherever the stream is cut', () => {
    for (let size = 1; size <= STREAM.length; size++) {
      const counts: number[] = [];
      const take = chunkCounter((count) => counts.push(count));
      for (let at = 0; at < STREAM.length; at += size) take(STREAM.subarray(at, at + size));
      expect(counts).toEqual([1, 2]);
    }
  });
});

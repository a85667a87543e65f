// Counts the chunks in an event stream that comes in pieces, without taking it apart: what the client spends is taken from
// the server on a small machine.
const MARK = Buffer.from('event: output\n');

/** For each piece, in order; `onChunk` gets the number of the chunk, the first is 1. */
export function chunkCounter(onChunk: (count: number) => void): (piece: Buffer) => void {
  let seen = 0;
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let end = 0;
    for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, end)) {
      end = at + MARK.length;
      seen += 1;
      onChunk(seen);
    }
    // The beginning of a mark may be all that has come of it.
    rest = text.subarray(Math.max(end, text.length - MARK.length + 1));
  };
}

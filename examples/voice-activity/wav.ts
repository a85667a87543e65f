// Reads a WAV recording. Owns the container; knows nothing of speech.

/** Samples between -1 and 1, one channel. */
export interface Recording {
  readonly sampleRate: number;
  readonly samples: Float32Array;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Several channels are mixed into one. Throws a RangeError that names what is wrong with the file. */
export function readWav(bytes: Buffer): Recording {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new RangeError('this is not a WAV recording (it does not begin with RIFF … WAVE)');
  }
  const format = chunk(bytes, 'fmt ');
  const data = chunk(bytes, 'data');
  if (format === null || format.length < 16 || data === null) {
    throw new RangeError('the WAV recording is cut: its format or its sound is missing');
  }
  const channels = format.readUInt16LE(2);
  const sample = sampleReader(format);
  const frames = Math.floor(data.length / (sample.bytes * channels));
  const samples = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += sample.read(data, (frame * channels + channel) * sample.bytes);
    }
    samples[frame] = sum / channels;
  }
  return { sampleRate: format.readUInt32LE(4), samples };
}

/** The body of the first chunk with this name. Chunks follow each other from byte 12, padded to an even length. */
function chunk(bytes: Buffer, name: string): Buffer | null {
  let at = 12;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(at + 4);
    // A recorder that was cut off leaves a length beyond the end; subarray() stops at what is there.
    if (bytes.toString('latin1', at, at + 4) === name) return bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return null;
}

interface SampleReader {
  readonly bytes: number;
  read(data: Buffer, at: number): number;
}

function sampleReader(format: Buffer): SampleReader {
  const tag = format.readUInt16LE(0);
  const bits = format.readUInt16LE(14);
  const kind = tag === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : tag;
  if (format.readUInt16LE(2) === 0) throw new RangeError('the WAV recording has no channel');
  if (kind === PCM && bits === 16) return { bytes: 2, read: (data, at) => data.readInt16LE(at) / 32_768 };
  if (kind === PCM && bits === 24) return { bytes: 3, read: (data, at) => data.readIntLE(at, 3) / 8_388_608 };
  if (kind === FLOAT && bits === 32) return { bytes: 4, read: (data, at) => data.readFloatLE(at) };
  throw new RangeError(`WAV with ${bits}-bit samples of format ${kind} is not supported: use 16-bit PCM`);
}

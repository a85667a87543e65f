// Which names a metric may have. The rules and their wording are Cog's: predictors and their tests rely on both.
import { limit } from '../../limits.ts';
import { RUNTIME_METRICS } from '../../protocol/runtime-metrics.ts';

const SEGMENTS_MAX = 4;

const RESERVED: ReadonlySet<unknown> = new Set(RUNTIME_METRICS);

/** What is recorded below a reserved name would be lost with it: the runtime has a value there. */
export function checkNotReserved(name: string): void {
  const first = typeof name === 'string' ? name.split('.', 1)[0] : null;
  if (RESERVED.has(first)) {
    throw new RangeError(`'${first}' is reserved by the runtime`);
  }
  if (typeof name === 'string' && name.startsWith('cog.')) {
    throw new RangeError("the 'cog.' prefix is reserved for system metrics");
  }
}

/** Dot-separated segments of letters, digits and single underscores. */
export function checkMetricName(name: string): void {
  if (typeof name !== 'string') throw new TypeError(`metric name must be a string, got ${typeof name}`);
  if (name === '') throw new RangeError('metric name must not be empty');
  const bytes = Buffer.byteLength(name);
  const bytesMax = limit('metricNameBytesMax');
  if (bytes > bytesMax) {
    throw new RangeError(`metric name must be ${bytesMax} characters or fewer (got ${bytes} characters)`);
  }
  const segments = name.split('.');
  if (segments.length > SEGMENTS_MAX) {
    throw new RangeError(
      `metric name must have at most ${SEGMENTS_MAX} dot-separated segments (got ${segments.length})`,
    );
  }
  const problem = dotProblem(name) ?? segments.map(segmentProblem).find((found) => found !== null);
  if (problem !== undefined && problem !== null) throw new RangeError(`metric name ${problem}`);
}

function dotProblem(name: string): string | null {
  if (name.startsWith('.')) return 'must not start with a dot';
  if (name.endsWith('.')) return 'must not end with a dot';
  return name.includes('..') ? 'must not contain empty segments (consecutive dots)' : null;
}

function segmentProblem(segment: string): string | null {
  const of = `segment '${segment}'`;
  if (!/^[A-Za-z]/.test(segment)) return `${of} must start with a letter`;
  const invalid = /[^A-Za-z0-9_]/u.exec(segment);
  if (invalid !== null) return `${of} contains invalid character '${invalid[0]}'`;
  if (segment.includes('__')) return `${of} must not contain consecutive underscores`;
  return segment.endsWith('_') ? `${of} must end with a letter or digit` : null;
}

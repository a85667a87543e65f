// Sizes as people read them.

/** 1 GiB rather than 1073741824, where it comes out even. */
export function formatBytes(count: number): string {
  for (const [unit, factor] of [
    ['TiB', 2 ** 40],
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (count >= factor && count % factor === 0) return `${count / factor} ${unit}`;
  }
  return `${count} bytes`;
}

// The little of SVG that the pictures here need. Pure.
/** `title` is for who cannot see the picture. */
export function svg(
  title: string,
  [width, height]: readonly [number, number],
  parts: readonly string[],
): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const style = 'font-family="Helvetica, Arial, sans-serif" font-size="12"';
  return [
    `${open} ${style} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

export type Anchor = 'start' | 'middle' | 'end';

export function text(x: number, y: number, content: string, anchor: Anchor = 'start'): string {
  const where = `x="${round(x)}" y="${round(y)}"`;
  return `<text ${where} text-anchor="${anchor}" fill="#222">${escaped(content)}</text>`;
}

export function line(from: readonly [number, number], to: readonly [number, number], color = '#ddd'): string {
  const [x1, y1, x2, y2] = [...from, ...to].map(round);
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${color}"/>`;
}

export function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A tenth of a pixel is more than anybody sees. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

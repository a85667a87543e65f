// A tree of calls as a flame graph: callers below, width is CPU time; point at a box for its name. Pure.
import { busyMicros, type Frame, IDLE } from '../profile/stacks.ts';
import { escaped, round, svg, text } from './svg.ts';

const WIDTH = 1_200;
const ROW = 16;
const TOP = 30;
/** Narrower boxes would be most of the file, and nobody could see them. */
const BOX_MIN = 1.5;
const CHARACTER = 6.6;
const DEPTH_MAX = 60;

export function flameGraph(root: Frame, title: string): string {
  const total = busyMicros(root);
  const boxes: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, x: number, depth: number) => {
    const micros = busyMicros(frame);
    const width = total > 0 ? (micros / total) * WIDTH : 0;
    if (width < BOX_MIN || depth > DEPTH_MAX) return;
    deepest = Math.max(deepest, depth);
    boxes.push(box(frame, { x, depth, width, share: micros / total }));
    let at = x;
    for (const child of [...frame.children].sort((a, b) => a.name.localeCompare(b.name))) {
      if (child.name === IDLE) continue;
      draw(child, at, depth + 1);
      at += total > 0 ? (busyMicros(child) / total) * WIDTH : 0;
    }
  };
  draw(root, 0, 0);
  const height = TOP + (deepest + 1) * ROW + 10;
  // Callers below what they call.
  const flipped = `<g transform="translate(0 ${height - 10 - ROW})">`;
  return svg(title, [WIDTH, height], [text(10, 20, title), flipped, ...boxes, '</g>']);
}

interface Place {
  readonly x: number;
  readonly depth: number;
  readonly width: number;
  readonly share: number;
}

function box({ name, url }: Frame, { x, depth, width, share }: Place): string {
  const short = shortUrl(url);
  const label = escaped(`${name}${short === '' ? '' : ` (${short})`}, ${(share * 100).toFixed(1)} %`);
  const y = -depth * ROW;
  const fits = Math.floor((width - 4) / CHARACTER);
  const shown =
    fits < 4 ? '' : text(x + 2, y + 12, name.length > fits ? `${name.slice(0, fits - 1)}…` : name);
  const rect = `<rect x="${round(x)}" y="${y}" width="${round(Math.max(width - 0.3, 0.5))}" height="${ROW - 1}" fill="${colorOf(url)}"/>`;
  return `<g><title>${label}</title>${rect}${shown}</g>`;
}

/** Ours, packages, Node, and what is no JavaScript. */
function colorOf(url: string): string {
  if (url.includes('/node_modules/')) return '#f3c46f';
  if (url.includes('/dist/')) return '#7fb3e6';
  if (url.includes('/programs/')) return '#9ad29a';
  return url.startsWith('node:') ? '#e8a08c' : '#d6d6d6';
}

/** From dist/ or node_modules/ on: where a checkout lies is nobody's business. */
export function shortUrl(url: string): string {
  if (url.startsWith('node:')) return url;
  return /(?:dist|node_modules|programs)\/.*$/.exec(url)?.[0] ?? url.split('/').at(-1) ?? '';
}

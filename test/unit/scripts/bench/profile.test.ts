import { describe, expect, it } from 'vitest';
import { timeByHop } from '../../../../scripts/bench/profile/hops.ts';
import { busyMicros, type CpuProfile, frameTree, merged } from '../../../../scripts/bench/profile/stacks.ts';
import { unbundled } from '../../../../scripts/bench/profile/unbundled.ts';
import { flameGraph, shortUrl } from '../../../../scripts/bench/report/flame-graph.ts';

const frame = (functionName: string, url = '') => ({ functionName, url });

// root → idle | http → node's own | slot → toString; and the profiler, which is no part of what it measures.
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3, 5, 7, 8] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('handle', 'file:///p/dist/server/http/routes/predictions.js'), children: [4] },
    { id: 4, callFrame: frame('write', 'node:internal/streams/writable') },
    { id: 5, callFrame: frame('take', 'file:///p/dist/server/slot/slot.js'), children: [6] },
    { id: 6, callFrame: frame('toString', 'node:buffer') },
    { id: 7, callFrame: frame('(garbage collector)') },
    { id: 8, callFrame: frame('', 'file:///p/scripts/bench/programs/profile-hook.mjs') },
  ],
  samples: [2, 3, 4, 4, 6, 7, 8],
  timeDeltas: [500, 10, 20, 20, 5, 3, 900],
};

describe('a CPU profile', () => {
  it('becomes a tree, with the time of each function itself, and without the profiler', () => {
    const root = frameTree(PROFILE);
    expect(root.children.map(({ name }) => name)).toEqual([
      '(idle)',
      'handle',
      'take',
      '(garbage collector)',
    ]);
    expect(root.children[1]).toMatchObject({ selfMicros: 10, children: [{ name: 'write', selfMicros: 40 }] });
    expect(busyMicros(root)).toBe(58);
  });

  it('does not count the time in which a thread had no processor', () => {
    const root = frameTree({ ...PROFILE, samples: [3, 4], timeDeltas: [10, 250_000] });
    expect(busyMicros(root)).toBe(1_010);
  });

  it('counts for the part of Pawl that called, not for what it called, and leaves waiting out', () => {
    expect(Object.fromEntries(timeByHop('server', frameTree(PROFILE)))).toEqual({
      HTTP: 50,
      'slot socket': 5,
      'garbage collection': 3,
    });
  });

  it('puts calls from the same place together', () => {
    const one = frameTree(PROFILE);
    const both = merged('both', [one, frameTree(PROFILE)]);
    expect(both.children).toHaveLength(one.children.length);
    expect(busyMicros(both)).toBe(2 * busyMicros(one));
  });
});

describe('a profile of bundles', () => {
  const BUNDLE_TEXT = [
    'const before = 1;',
    '// node_modules/fastify/lib/reply.js',
    'function send() {}',
    '  // src/server/slot/slot.ts',
    '  function take() {}',
  ].join('\n');
  const at = (url: string, lineNumber: number) => ({ functionName: 'f', url, lineNumber });
  const placesOf = (...frames: ReturnType<typeof at>[]) => {
    const nodes = frames.map((callFrame, id) => ({ id, callFrame }));
    const read = (path: string) => (path === '/p/dist/compiled/cli.cjs' ? BUNDLE_TEXT : null);
    return unbundled({ ...PROFILE, nodes }, read).nodes.map(({ callFrame }) => callFrame.url);
  };

  it('names the module of each function, by whichever name the bundle goes', () => {
    const [path, url] = ['/p/dist/compiled/cli.cjs', 'file:///p/dist/compiled/cli.cjs'];
    expect(placesOf(at(url, 2), at(path, 2), at(url, 4))).toEqual([
      'file:///p/node_modules/fastify/lib/reply.js',
      'file:///p/node_modules/fastify/lib/reply.js',
      'file:///p/dist/server/slot/slot.js',
    ]);
  });

  it('leaves what is in no bundle, or in no module of one, where it is', () => {
    const urls = [
      'file:///p/dist/compiled/cli.cjs',
      'node:net',
      '/p/dist/gone.js',
      '/p/node_modules/a/dist/b.js',
      '',
    ];
    expect(placesOf(...urls.map((url) => at(url, 0)))).toEqual(urls);
  });
});

describe('a flame graph', () => {
  it('draws a box for what took time, as wide as its share, and none for waiting', () => {
    const picture = flameGraph(frameTree(PROFILE), 'what <happened>');
    expect(picture).toContain('what &lt;happened&gt;');
    expect(picture).toContain('<title>handle (dist/server/http/routes/predictions.js), 86.2 %</title>');
    expect(picture).toContain('width="1034.2"');
    expect(picture).not.toContain('(idle)');
  });

  it('says nothing of where a checkout lies', () => {
    expect(shortUrl('file:///elsewhere/pawl/dist/server/app.js')).toBe('dist/server/app.js');
    expect(shortUrl('file:///elsewhere/other.mjs')).toBe('other.mjs');
    expect(shortUrl('node:net')).toBe('node:net');
    expect(shortUrl('')).toBe('');
  });

  it('is drawn of nothing as well', () => {
    expect(flameGraph({ name: 'none', url: '', selfMicros: 0, children: [] }, 'nothing')).toContain('</svg>');
  });
});

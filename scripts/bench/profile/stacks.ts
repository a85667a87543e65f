// A V8 CPU profile as a tree of what was called from where, with the time spent in each itself. Pure.
interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** Of its beginning, from 0. */
    readonly lineNumber?: number;
  };
  readonly children?: readonly number[];
}

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node of each sample, and the time since the one before, microseconds. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Frame {
  readonly name: string;
  /** Empty for what is not JavaScript. */
  readonly url: string;
  /** In it, not in what it called. */
  selfMicros: number;
  readonly children: Frame[];
}

export const IDLE = '(idle)';
const ROOT = '(root)';
/** Twice the interval: in a longer time between two samples the thread had no processor. */
const DELTA_MICROS_MAX = 1_000;
/** What takes the profile is in it as well. */
const PROFILER = /\/profile-hook\.mjs$/;

export function frameTree(profile: CpuProfile): Frame {
  const frames = new Map<number, Frame>();
  for (const { id, callFrame } of profile.nodes) {
    const name = callFrame.functionName || '(anonymous)';
    frames.set(id, { name, url: callFrame.url, selfMicros: 0, children: [] });
  }
  profile.samples.forEach((id, i) => {
    const frame = frames.get(id);
    if (frame !== undefined)
      frame.selfMicros += Math.min(Math.max(profile.timeDeltas[i] ?? 0, 0), DELTA_MICROS_MAX);
  });
  for (const { id, children = [] } of profile.nodes) {
    for (const child of children) {
      const frame = frames.get(child);
      if (frame !== undefined && !PROFILER.test(frame.url)) frames.get(id)?.children.push(frame);
    }
  }
  const root = [...frames.values()].find(({ name }) => name === ROOT);
  return root ?? { name: ROOT, url: '', selfMicros: 0, children: [] };
}

/** With what it called, but without waiting. */
export function busyMicros(frame: Frame): number {
  if (frame.name === IDLE) return 0;
  return frame.selfMicros + frame.children.reduce((sum, child) => sum + busyMicros(child), 0);
}

/** Calls of the same function from the same place become one. */
export function merged(name: string, frames: readonly Frame[]): Frame {
  const children = new Map<string, Frame[]>();
  for (const child of frames.flatMap((frame) => frame.children)) {
    const key = `${child.name} ${child.url}`;
    children.set(key, [...(children.get(key) ?? []), child]);
  }
  return {
    name,
    url: frames[0]?.url ?? '',
    selfMicros: frames.reduce((sum, frame) => sum + frame.selfMicros, 0),
    children: [...children.values()].map((same) => merged(same[0]?.name ?? '', same)),
  };
}

// What a limit is: value, unit, flag, and what happens at it.

export interface Limit {
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'count';
  /** The flag that changes it, null where it is fixed. */
  readonly flag: string | null;
  /** What happens when it is reached. */
  readonly effect: string;
}

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

type Flag = `--${string}` | null;
export const bytes = (value: number, effect: string, flag: Flag = null): Limit => ({
  value,
  unit: 'bytes',
  flag,
  effect,
});
export const ms = (value: number, effect: string, flag: Flag = null): Limit => ({
  value,
  unit: 'ms',
  flag,
  effect,
});
export const count = (value: number, effect: string, flag: Flag = null): Limit => ({
  value,
  unit: 'count',
  flag,
  effect,
});

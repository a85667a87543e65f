// What one setting is: the shape of a row in the table of settings.ts.
import type { Config } from '../config.ts';
import type { InheritedVariable } from './cog-variables.ts';
import type { ValueKind } from './flag-values.ts';

export type CommandName = 'serve' | 'predict' | 'train' | 'schema' | 'doctor';

/** Everything in Config but the predictor, which the argument REF names. */
export type SettingKey = Exclude<keyof Config, 'predictorPath' | 'predictorExport'>;

export interface Setting<T> {
  /** null: only variables set it. */
  readonly flag: `--${string}` | null;
  /** null: a switch. */
  readonly metavar: string | null;
  readonly variable: `PAWL_${string}`;
  /** A variable of Cog's, read with Cog's leniency when neither flag nor PAWL_* is given. */
  readonly inherited: InheritedVariable<T> | null;
  readonly kind: ValueKind<NonNullable<T>>;
  readonly fallback: T;
  /** The default in words; null where there is nothing to say. */
  readonly fallbackText: string | null;
  readonly help: string;
  /** Commands that have the flag. Others take the default. */
  readonly commands: readonly CommandName[];
  /** A message about it never shows its text. */
  readonly isSecret?: true;
}

/** A part of the table, each row typed by what it sets. */
export type SettingsOf<K extends SettingKey> = { readonly [P in K]: Setting<Config[P]> };

/** Rows for `commands`. */
export const SERVE: readonly CommandName[] = ['serve'];
export const RUNNING: readonly CommandName[] = ['serve', 'predict', 'train'];
export const LOADING: readonly CommandName[] = ['serve', 'predict', 'train', 'schema'];
/** What a machine must be fit for. */
export const SIZING: readonly CommandName[] = ['serve', 'doctor'];

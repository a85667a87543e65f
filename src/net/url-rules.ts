// The rules for URLs that clients name, as flags give them and as workers receive them.

/** `public`: every host with a public address, and those listed. `listed`: only those, wherever they are. */
export const URL_ACCESS = ['any', 'public', 'listed'] as const;
export type UrlAccess = (typeof URL_ACCESS)[number];

export interface UrlRules {
  readonly urlAccess: UrlAccess;
  /** Patterns as in --url-hosts. */
  readonly urlHosts: readonly string[];
}

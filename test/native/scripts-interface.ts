// The parts of scripts/*.mjs that tests look into. Plain JavaScript has no types of its own.
export interface InstallAddon {
  readonly root: string;
  addonCandidates(folder?: string): readonly string[];
  loads(file: string): boolean;
  forgetOtherCheckout(folder: string): void;
}

export interface GlibcCeiling {
  readonly CEILING: string;
  symbolsAbove(ceiling: string, dynamicSymbols: string): readonly (readonly [string, string])[];
  checkGlibcCeiling(file: string): void;
}

export interface SanitizeReports {
  split(text: string): readonly string[];
}

interface SanitizeTool {
  isOurs(report: string): boolean;
}

export interface SanitizeTools {
  readonly TOOLS: Readonly<Record<'address' | 'undefined' | 'thread' | 'valgrind', SanitizeTool>>;
}

export async function importSanitizeReports(): Promise<SanitizeReports> {
  return import(script('sanitize/reports'));
}

export async function importSanitizeTools(): Promise<SanitizeTools> {
  return import(script('sanitize/tools'));
}

export async function importInstallAddon(): Promise<InstallAddon> {
  return import(script('install-addon'));
}

export async function importGlibcCeiling(): Promise<GlibcCeiling> {
  return import(script('glibc-ceiling'));
}

function script(name: string): string {
  return new URL(`../../scripts/${name}.mjs`, import.meta.url).href;
}

// The findings as people and as scripts read them. Pure.
import type { Finding, Verdict } from './finding.ts';

const LABELS: { readonly [V in Verdict]: string } = { ok: 'ok', warning: 'warning', failure: 'FAILURE' };
const LABEL_WIDTH = 9;
const CHECK_WIDTH = 12;
const INDENT = ' '.repeat(LABEL_WIDTH + CHECK_WIDTH);

export function isUsable(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== 'failure');
}

export function reportAsText(findings: readonly Finding[]): string {
  const lines = findings.map(({ check, verdict, message, mend }) => {
    const head = LABELS[verdict].padEnd(LABEL_WIDTH) + check.padEnd(CHECK_WIDTH);
    const text = message.replaceAll('\n', `\n${INDENT}  `);
    return mend === null ? `${head}${text}` : `${head}${text}\n${INDENT}→ ${mend}`;
  });
  return `${lines.join('\n')}\n\n${verdictOf(findings)}\n`;
}

export function reportAsJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ usable: isUsable(findings), findings }, null, 2)}\n`;
}

function verdictOf(findings: readonly Finding[]): string {
  const warnings = countOf(findings, 'warning');
  const lacking = warnings === 0 ? '' : `, with ${plural(warnings, 'warning')}`;
  if (isUsable(findings)) return `usable${lacking}`;
  return `not usable: ${plural(countOf(findings, 'failure'), 'check')} failed${lacking}`;
}

function countOf(findings: readonly Finding[], verdict: Verdict): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

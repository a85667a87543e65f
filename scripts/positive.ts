/** The value of a flag that counts something. Ends the program, as one that was called wrongly, where it does not. */
export function positive(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${flag} takes a positive integer, not ${text}`);
  return process.exit(2);
}

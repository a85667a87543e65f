// Percent-encoding of URLs, undone.

/** Text with percent-encoding undone; as it is where that is malformed. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray `%` or bytes that are no UTF-8: the text itself is the best name there is.
    return text;
  }
}

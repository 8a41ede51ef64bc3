/** Makes names and paths safe to print: a terminal must not interpret parts of them as control sequences. */

/** Longer names are shortened in the middle. */
const LONGEST_NAME = 300;

/** Makes a message printable and limits the length of the paths and values in it. */
export function printableMessage(message: string): string {
  const cut = message.length <= 2 * LONGEST_NAME ? message : message.replace(/\S{301,}/g, shortened);
  return printable(cut);
}

function shortened(name: string): string {
  return `${name.slice(0, LONGEST_NAME / 3)}…(${name.length} characters)…${name.slice(-LONGEST_NAME / 3)}`;
}

/** Escapes characters that are not printable: line breaks, control sequences, bidirectional marks. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;
  });
}

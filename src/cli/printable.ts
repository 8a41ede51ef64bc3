/** Names and paths may hold anything; a terminal must not take part of them for orders. */

/** Names longer than this are cut in the middle of a message. */
const LONGEST_NAME = 300;

/** A message with names as they can be printed, and of bearable length: paths and values of any length come into messages. */
export function printableMessage(message: string): string {
  const cut = message.length <= 2 * LONGEST_NAME ? message : message.replace(/\S{301,}/g, shortened);
  return printable(cut);
}

function shortened(name: string): string {
  return `${name.slice(0, LONGEST_NAME / 3)}…(${name.length} characters)…${name.slice(-LONGEST_NAME / 3)}`;
}

/** The text with what is not printed written as its code: line ends, escape sequences, marks that turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;
  });
}

/** Names and paths may hold anything; a terminal must not take part of them for orders. */

/** The text with what is not printed written as its code: line ends, escape sequences, marks that turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;
  });
}

import * as z from "zod";

/** Characters that are not seen, or that change how others are read: controls, separators, bidirectional and invisible formatting. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const MAX_CHARACTERS = 200;

/** A person's name, in Unicode's composed form (NFC), so that one name has one spelling. */
export const PersonName = z
  .string()
  .trim()
  .refine((name) => name.isWellFormed(), { error: "must not have half of a surrogate pair", abort: true })
  .normalize("NFC")
  .refine((name) => !unseen.test(name), "must not have control characters, nor such as change the direction of writing")
  .refine((name) => [...name].length >= 1 && [...name].length <= MAX_CHARACTERS, `must have 1 to ${MAX_CHARACTERS} characters`)
  .describe("name of a person: 1 to 200 characters");

import * as z from "zod";

/** Invisible characters: controls, separators, bidirectional and other invisible formatting. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
/** What shows: neither white space nor, as the filler of Hangul, a letter that is drawn as nothing. */
const seen = /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800]/u;
const MAX_CHARACTERS = 200;

/** A person's name, normalised to NFC so that each name has one spelling. */
export const PersonName = z
  .string()
  .trim()
  .refine((name) => name.isWellFormed(), { error: "must not contain a lone surrogate", abort: true })
  .normalize("NFC")
  .refine((name) => !unseen.test(name), "must not contain control, invisible or text-direction characters")
  .refine((name) => [...name].length >= 1 && [...name].length <= MAX_CHARACTERS, `must have 1 to ${MAX_CHARACTERS} characters`)
  .refine((name) => seen.test(name), "must have characters that are seen")
  .describe("name of a person: 1 to 200 characters");

/** The languages of the page. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { en, type Strings } from "./en.ts";
import { ja } from "./ja.ts";

export type { Strings };
export const languages = { en, ja } as const;
export type Language = keyof typeof languages;

/** The language chosen before, otherwise the browser's preference. */
export function firstLanguage(): Language {
  const wanted = localStorage.getItem("language") ?? navigator.language;
  return wanted.startsWith("ja") ? "ja" : "en";
}

export const StringsContext = createContext<Strings>(en);
export const useStrings = (): Strings => useContext(StringsContext);

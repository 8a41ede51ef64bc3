/** Patterns of files and folders to exclude, in .gitignore syntax (gitignore(5)). */
import { relative, sep } from "node:path";

/** One pattern: what it matches, and whether it excludes or re-includes. */
type Rule = { readonly pattern: RegExp; readonly foldersOnly: boolean; readonly takesIn: boolean };

/** Rules that apply to a folder and everything below it. */
export type IgnoreRules = { readonly folder: string; readonly rules: readonly Rule[] };

/** Folders of programs and operating systems: thumbnails, recycle bins, previews, packages. */
export const defaultExcludes: readonly string[] = [
  ...["@eaDir/", "#recycle/", "$RECYCLE.BIN/", "System Volume Information/", ".thumbnails/", ".Trash*/", "lost+found/"],
  ...["node_modules/", "*.lrdata/"],
];

/** @param lines patterns; empty lines and lines that begin with # are skipped, except the name #recycle */
export function ignoreRules(folder: string, lines: readonly string[]): IgnoreRules {
  const rules = lines.flatMap((line) => {
    const text = line.replace(/\r$/, "").replace(/(?<!\\) +$/, "");
    if (text === "" || (text.startsWith("#") && text !== "#recycle/")) return [];
    return [ruleOf(text)];
  });
  return { folder, rules };
}

/** The last matching rule decides; rules of deeper folders come after those of their parents. */
export function isIgnored(path: string, isFolder: boolean, scopes: readonly IgnoreRules[]): boolean {
  let ignored = false;
  for (const { folder, rules } of scopes) {
    const name = relative(folder, path).split(sep).join("/").normalize("NFC");
    for (const { pattern, foldersOnly, takesIn } of rules)
      if ((isFolder || !foldersOnly) && pattern.test(name)) ignored = !takesIn;
  }
  return ignored;
}

function ruleOf(text: string): Rule {
  const takesIn = text.startsWith("!");
  const line = text.slice(takesIn ? 1 : 0).replace(/^\\(?=[!#])/, "");
  const foldersOnly = line.endsWith("/");
  const body = foldersOnly ? line.slice(0, -1) : line;
  // A pattern with a slash is a path relative to the rules' folder; one without matches a name at any depth.
  const anywhere = !body.includes("/");
  const glob = body.replace(/^\//, "").normalize("NFC");
  return { pattern: new RegExp(`^${anywhere ? "(?:.*/)?" : ""}${expressionOf(glob)}$`, "iu"), foldersOnly, takesIn };
}

function expressionOf(glob: string): string {
  return glob.replace(/\*\*\/|\/\*\*$|\*+|\?|\[!?[^\]]+\]|\\.|[^*?[\\]/gu, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "/**") return "/.*";
    if (part.startsWith("*")) return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("[") && part.length > 2) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return escaped(part.replace(/^\\(?=.)/u, ""));
  });
}

const escaped = (character: string): string => character.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

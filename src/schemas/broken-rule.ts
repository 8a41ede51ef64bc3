/** Readable validation messages. zod's own messages, which describe types, are not shown. */
import * as z from "zod";

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object with named values",
  record: "an object with named values",
  null: "null",
  date: "a date",
};
const counted: Readonly<Record<string, string>> = { string: "characters", array: "items", set: "items", file: "bytes" };

/** @example "must be at least 12"; messages set by a schema are kept */
export function ruleOf(issue: Issue): string {
  if (/^(must|is|has|needs|give) /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "too_small":
      return limitText(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return limitText(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_value":
      return `must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}`;
    case "unrecognized_keys":
      return `has no option ${issue.keys.join(", ")}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return `must be a valid ${issue.format === "regex" ? `text of the form ${issue.pattern}` : issue.format}`;
    case "invalid_union":
      return "matches none of the accepted forms";
    case "invalid_key":
    case "invalid_element":
      return "has an entry that is not accepted";
    case "custom":
      return issue.message;
    default:
      issue satisfies never;
      throw new TypeError("issue of unknown kind");
  }
}

function limitText(origin: string, limit: string, value: number | bigint): string {
  const unit = counted[origin];
  return unit === undefined
    ? `must be ${limit} ${value}`
    : `must have ${limit} ${value} ${Number(value) === 1 ? unit.slice(0, -1) : unit}`;
}

/** Why a file's content was rejected; undefined for errors unrelated to content. */
export function brokenRule(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return "is not JSON";
  if (!(error instanceof z.ZodError)) return undefined;
  const [issue] = error.issues;
  if (!issue) return undefined;
  const place = issue.path.map(String).join(".");
  return place === "" ? ruleOf(issue) : `${place} ${ruleOf(issue)}`;
}

/** Options about printing, besides those of the operation. */

/** An option that is about printing: the command line's own, not the operation's. */
export type PrintOption = {
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** Its value is the path of a file that the command writes, or of a folder that it writes into. */
  readonly writes?: "file" | "folder";
};

/** What the user gave for the print options; `json` every command has. */
export type PrintOptions = Readonly<Record<string, unknown>> & { readonly json?: boolean; readonly output?: string };

/** Options of printing, besides those of the operation. */

/** An option of printing, which belongs to the command line and not to the operation. */
export type PrintOption = {
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** Whether the value is a file the command writes, or a folder it writes into. */
  readonly writes?: "file" | "folder";
};

/** Given print options; `json` exists on every command. */
export type PrintOptions = Readonly<Record<string, unknown>> & { readonly json?: boolean; readonly output?: string };

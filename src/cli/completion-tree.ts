/** The command tree as completion scripts see it. */
export type CompletedOption = {
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** the values it can have, where they are few */
  readonly choices: readonly string[];
};

export type CompletedCommand = {
  readonly name: string;
  readonly summary: string;
  /** what its arguments can be, where they are no files */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
};

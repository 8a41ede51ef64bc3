/** What every page may do to the frame. */
export type Frame = {
  /** Says something at the foot of the page, for eyes and screen readers. */
  readonly tell: (text: string) => void;
  /** Changes with every undo: who shows people reads them anew. */
  readonly version: number;
};

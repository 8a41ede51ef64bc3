/** State of a training run, as a mark and a word. */
import type { ListedReport } from "../../src/schemas/report.ts";
import { useStrings } from "../strings/strings.ts";

export function StateMark({ state }: Pick<ListedReport, "state">) {
  const t = useStrings();
  return <span class={`state ${state}`}>{t.states[state]}</span>;
}

/** The miners by name. */
import type { MinerName } from "../schemas/training.ts";
import { mineBatchAll } from "./mine-batch-all.ts";
import { mineBatchHard } from "./mine-batch-hard.ts";
import { mineRandomViolators } from "./mine-random-violators.ts";
import { mineSemiHard } from "./mine-semi-hard.ts";
import type { TripletMiner } from "./triplets.ts";

export const miners: Readonly<Record<MinerName, TripletMiner>> = {
  "semi-hard": mineSemiHard,
  "random-violator": mineRandomViolators,
  "batch-hard": mineBatchHard,
  "batch-all": mineBatchAll,
};

/** All commands. A new operation is one line: by default its result is printed as field names and values. */
import { detect } from "../operations/detect.ts";
import { alignCommand } from "./align-output.ts";
import { calibrateCommand } from "./calibrate-text.ts";
import { type CliCommand, streamCommand } from "./command.ts";
import { compareCommand } from "./compare-text.ts";
import { datasetCommands } from "./dataset-text.ts";
import { demoCommand } from "./demo-text.ts";
import { describeCommand } from "./describe-text.ts";
import { embedCommand } from "./embed-output.ts";
import { evaluateCommand } from "./evaluate-text.ts";
import { experimentCommand } from "./experiment-text.ts";
import { faceTableSink } from "./face-table.ts";
import { careCommands } from "./gallery-care-text.ts";
import { indexCommands, reportCommand, searchCommands } from "./gallery-text.ts";
import { keysCommands } from "./keys-text.ts";
import { migrateCommand } from "./migrate-text.ts";
import { modelsCommand } from "./models-text.ts";
import { enrollCommand, peopleCommands, undoCommands } from "./people-text.ts";
import { trainCommand } from "./train-text.ts";
import { verifyCommand } from "./verify-text.ts";

export const commands: readonly CliCommand[] = [
  streamCommand(detect, { open: (request) => faceTableSink(request) }),
  alignCommand,
  embedCommand,
  verifyCommand,
  compareCommand,
  modelsCommand,
  describeCommand,
  calibrateCommand,
  evaluateCommand,
  experimentCommand,
  demoCommand,
  ...datasetCommands,
  ...indexCommands,
  enrollCommand,
  ...searchCommands,
  ...peopleCommands,
  trainCommand,
  migrateCommand,
  ...careCommands,
  ...undoCommands,
  reportCommand,
  ...keysCommands,
];

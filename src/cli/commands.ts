/** All commands. A new operation is one line: by default its result is printed as field names and values. */
import { npyFiles } from "../gallery/export-files.ts";
import { align } from "../operations/align.ts";
import { answerSuggestion, suggestions } from "../operations/browse/suggestions.ts";
import { calibrate } from "../operations/calibrate.ts";
import { cluster } from "../operations/cluster.ts";
import { compare } from "../operations/compare.ts";
import { createKey } from "../operations/create-key.ts";
import { datasetApply } from "../operations/dataset-apply.ts";
import { datasetBuild } from "../operations/dataset-build.ts";
import { datasetCheck } from "../operations/dataset-check.ts";
import { datasetPack } from "../operations/dataset-pack.ts";
import { datasetStats } from "../operations/dataset-stats.ts";
import { demo } from "../operations/demo.ts";
import { describe } from "../operations/describe.ts";
import { detect } from "../operations/detect.ts";
import { embed } from "../operations/embed.ts";
import { enroll } from "../operations/enroll.ts";
import { evaluate } from "../operations/evaluate.ts";
import { experiment } from "../operations/experiment.ts";
import { find } from "../operations/find.ts";
import { galleryBackup } from "../operations/gallery-backup.ts";
import { galleryCheck } from "../operations/gallery-check.ts";
import { galleryExport } from "../operations/gallery-export.ts";
import { galleryForget } from "../operations/gallery-forget.ts";
import { galleryImport } from "../operations/gallery-import.ts";
import { galleryPrune } from "../operations/gallery-prune.ts";
import { galleryRelocate } from "../operations/gallery-relocate.ts";
import { galleryStatistics } from "../operations/gallery-statistics.ts";
import { galleryUnplaced } from "../operations/gallery-unplaced.ts";
import { galleryWriteRegions } from "../operations/gallery-write-regions.ts";
import { identify } from "../operations/identify.ts";
import { index } from "../operations/index-photographs.ts";
import { listKeys } from "../operations/list-keys.ts";
import { lookalike } from "../operations/lookalike.ts";
import { migrate } from "../operations/migrate.ts";
import { models } from "../operations/models.ts";
import { people } from "../operations/people.ts";
import { peopleDraw } from "../operations/people-draw.ts";
import { report } from "../operations/report.ts";
import { revokeKey } from "../operations/revoke-key.ts";
import { train } from "../operations/train.ts";
import { redo, undo } from "../operations/undo.ts";
import { verify } from "../operations/verify.ts";
import { readSavedOptions } from "../training/run/training-folder.ts";
import { alignOptions, openAlignSink } from "./align-output.ts";
import { calibrateOutcome, calibrateText } from "./calibrate-text.ts";
import { answerCommand, type CliCommand, streamCommand } from "./command.ts";
import { compareExitCode, compareOutcome, compareText } from "./compare-text.ts";
import {
  datasetApplyOutcome,
  datasetApplyText,
  datasetBuildOutcome,
  datasetBuildText,
  datasetCheckExitCode,
  datasetCheckText,
  datasetPackOutcome,
  datasetPackText,
  datasetStatsText,
} from "./dataset-text.ts";
import { demoOutcome, demoText } from "./demo-text.ts";
import { describeText } from "./describe-text.ts";
import { openDetectSink } from "./detect-output.ts";
import { embedOptions, labelsOfMatrix, openEmbedSink } from "./embed-output.ts";
import { enrollOutcome, enrollText } from "./enroll-text.ts";
import { evaluateExitCode, evaluateOptions, evaluateOutcome, evaluateText } from "./evaluate-text.ts";
import { experimentText } from "./experiment-text.ts";
import {
  backupText,
  checkExitCode,
  checkText,
  exportText,
  forgetText,
  importOutcome,
  importText,
  statisticsText,
} from "./gallery-care-text.ts";
import {
  clusterText,
  findText,
  indexOutcome,
  indexText,
  lookalikeText,
  openIdentifySink,
  peopleText,
  reportText,
} from "./gallery-text.ts";
import { pruneExitCode, pruneText, relocateText, unplacedText } from "./gone-text.ts";
import { createKeyText, listKeysText } from "./keys-text.ts";
import { migrateExitCode, migrateOutcome, migrateText } from "./migrate-text.ts";
import { modelsText } from "./models-text.ts";
import { regionsOutcome, regionsText } from "./regions-text.ts";
import { answerText, drawText, suggestionsText } from "./suggestions-text.ts";
import { trainOutcome, trainText } from "./train-text.ts";
import { redoText, undoText } from "./undo-text.ts";
import { verifyExitCode, verifyOptions, verifyText } from "./verify-text.ts";

const copies = "Copies made so far are complete.";
const inGallery = "The gallery keeps them; the same command continues from there.";

export const commands: readonly CliCommand[] = [
  streamCommand(detect, { open: openDetectSink }),
  streamCommand(align, { open: openAlignSink, options: alignOptions }),
  streamCommand(embed, { open: openEmbedSink, options: embedOptions, further: labelsOfMatrix }),
  answerCommand(verify, { text: verifyText, exitCode: verifyExitCode, options: verifyOptions }),
  answerCommand(compare, { text: compareText, outcome: compareOutcome, exitCode: compareExitCode }),
  answerCommand(models, { text: modelsText }),
  answerCommand(describe, { text: describeText }),
  answerCommand(calibrate, { text: calibrateText, outcome: calibrateOutcome }),
  answerCommand(evaluate, { text: evaluateText, outcome: evaluateOutcome, exitCode: evaluateExitCode, options: evaluateOptions }),
  answerCommand(experiment, { text: experimentText }),
  answerCommand(demo, { text: demoText, outcome: demoOutcome }),
  answerCommand(datasetBuild, {
    text: datasetBuildText,
    outcome: datasetBuildOutcome,
    kept: "Detected faces are kept in the folder; the same command continues from there and writes the set.",
  }),
  answerCommand(datasetApply, {
    text: datasetApplyText,
    outcome: datasetApplyOutcome,
    kept: "The corrections are applied; the same command writes the set.",
  }),
  answerCommand(datasetStats, { text: datasetStatsText }),
  answerCommand(datasetCheck, { text: datasetCheckText, exitCode: datasetCheckExitCode }),
  answerCommand(datasetPack, { text: datasetPackText, outcome: datasetPackOutcome }),
  answerCommand(index, { text: indexText, outcome: indexOutcome, kept: inGallery }),
  answerCommand(cluster, { text: clusterText }),
  answerCommand(enroll, { text: enrollText, outcome: enrollOutcome, kept: "Nobody was enrolled; the same command enrols them." }),
  streamCommand(identify, { open: openIdentifySink }),
  answerCommand(find, { text: findText, photographs: ({ photographs }) => photographs, kept: copies }),
  answerCommand(lookalike, { text: lookalikeText, photographs: ({ people: alike }) => alike, kept: copies }),
  answerCommand(people, { text: peopleText, photographs: ({ faces }) => faces, photographsOf: "person", kept: copies }),
  answerCommand(suggestions, { text: suggestionsText }),
  answerCommand(peopleDraw, { text: drawText }),
  answerCommand(answerSuggestion, { text: answerText }),
  answerCommand(train, {
    text: trainText,
    outcome: trainOutcome,
    saved: ({ resume, output }) => (resume === true ? readSavedOptions(String(output)) : undefined),
    kept: "The last checkpoint is kept; --resume continues from it.",
  }),
  answerCommand(migrate, { text: migrateText, outcome: migrateOutcome, exitCode: migrateExitCode, kept: inGallery }),
  answerCommand(galleryStatistics, { text: statisticsText }),
  answerCommand(galleryCheck, { text: checkText, exitCode: checkExitCode }),
  answerCommand(galleryBackup, { text: backupText }),
  answerCommand(galleryForget, { text: forgetText }),
  answerCommand(galleryPrune, { text: pruneText, exitCode: pruneExitCode }),
  answerCommand(galleryRelocate, { text: relocateText }),
  answerCommand(galleryUnplaced, { text: unplacedText }),
  answerCommand(galleryWriteRegions, {
    text: regionsText,
    outcome: regionsOutcome,
    kept: "Files written so far are complete; the same command writes the rest.",
  }),
  answerCommand(galleryExport, {
    text: exportText,
    further: ({ file, format }) => (format === "npy" && typeof file === "string" ? npyFiles(file) : []),
  }),
  answerCommand(galleryImport, { text: importText, outcome: importOutcome, kept: inGallery }),
  answerCommand(undo, { text: undoText }),
  answerCommand(redo, { text: redoText }),
  answerCommand(report, { text: reportText }),
  answerCommand(createKey, { text: createKeyText }),
  answerCommand(listKeys, { text: listKeysText }),
  answerCommand(revokeKey),
];

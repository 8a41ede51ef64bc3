/** The commands that fill and search a gallery. */
import { cluster } from "../operations/cluster.ts";
import { find } from "../operations/find.ts";
import { identify } from "../operations/identify.ts";
import { index } from "../operations/index-photographs.ts";
import { lookalike } from "../operations/lookalike.ts";
import type { OutputOf } from "../operations/operation.ts";
import { report } from "../operations/report.ts";
import type { AutomaticCalibration } from "../schemas/calibration.ts";
import { calibrationText, normalisedText } from "./calibration-text.ts";
import { answerCommand, KEPT_IN_GALLERY, streamCommand } from "./command.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { KEPT_COPIES } from "./photograph-output.ts";
import { printable } from "./printable.ts";
import { recordSink } from "./record-sink.ts";
import { right, tableLines } from "./tables.ts";

export const indexCommands = [
  answerCommand(index, { text: indexText, outcome: indexOutcome, kept: KEPT_IN_GALLERY }),
  answerCommand(cluster, { text: clusterText }),
];

export const searchCommands = [
  streamCommand(identify, { open: (request) => recordSink(request, identifiedText) }),
  answerCommand(find, { text: findText, photographs: ({ photographs }) => photographs, kept: KEPT_COPIES }),
  answerCommand(lookalike, { text: lookalikeText, photographs: ({ people }) => people, kept: KEPT_COPIES }),
];

export const reportCommand = answerCommand(report, { text: reportText });

function indexText(answer: OutputOf<typeof index>): string {
  const { added, moved, known, forgotten, missing, faces, carriedOver, passedOver, companions, excluded, lookedAgain, removed } =
    answer;
  const lines = [
    `${counted(added, "photograph")} added with ${counted(faces, "face")}; ${moved} copied or moved, ${known === null ? "" : `${known} known already, `}${missing} missing from disk.`,
  ];
  if (lookedAgain)
    lines.push(
      `${counted(lookedAgain, "known photograph")} processed again, because the minimum face size or confidence has changed; ${counted(removed ?? 0, "face")} below it removed.`,
    );
  if (carriedOver)
    lines.push(`${counted(carriedOver, "face")} of edited or moved photographs matched again, with their corrections.`);
  if (forgotten > 0) lines.push(`Skipped because forgotten: ${counted(forgotten, "photograph")} (--forgotten adds them again).`);
  if (companions) lines.push(`Skipped because the camera's JPEG or HEIC is next to them: ${counted(companions, "RAW file")}.`);
  if (excluded)
    lines.push(`Skipped by a pattern or a .nomedia file: ${counted(excluded, "file or folder", "files or folders")}.`);
  const endings = Object.entries(passedOver ?? {}).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (endings.length > 0) {
    const count = endings.reduce((sum, [, files]) => sum + files, 0);
    const named = endings.map(([ending, files]) => `${files} ${ending === "" ? "without ending" : printable(ending)}`);
    lines.push(`Skipped because they are not photographs: ${counted(count, "file")} (${named.join(", ")}).`);
  }
  if (answer.calibrated) lines.push(...calibratedLines(answer.calibrated));
  return lines.join("\n");
}

/** Reports an automatic calibration: its effect, and how to revert it. */
function calibratedLines({ calibratedOn, renewed, thresholds }: AutomaticCalibration): string[] {
  const changes = thresholds.map(({ far, before, after }) => `${before.toFixed(3)} -> ${after.toFixed(3)} at FMR ${far}`);
  return [
    `${renewed ? "Calibrated again" : "Calibrated"} on ${calibratedOn}.`,
    `Commands on this gallery use it from now on: threshold ${changes.join(", ")} (squared L2).`,
    "`facenet calibrate` shows the figures; `facenet calibrate --forget --gallery GALLERY` reverts it permanently.",
  ];
}

function indexOutcome({ added, moved, known, forgotten, failures, ...skips }: OutputOf<typeof index>): Outcome {
  const skipped = {
    forgotten,
    "RAW beside its JPEG": skips.companions ?? 0,
    excluded: skips.excluded ?? 0,
    "not a photograph": Object.values(skips.passedOver ?? {}).reduce((sum, files) => sum + files, 0),
  };
  return { done: added + moved, known, skipped, failures };
}

function clusterText({
  people: count,
  newPeople,
  faces,
  assigned,
  threshold,
  normalised,
  calibration,
  done,
}: OutputOf<typeof cluster>): string {
  const moved = done?.correction.kind === "cluster" ? done.correction.faces : 0;
  const lines = [
    moved === 0
      ? "Nothing to change."
      : `${counted(moved, "face")} moved to another person, ${counted(newPeople, "person", "people")} new. \`facenet undo\` reverts this.`,
    `${counted(count, "person", "people")} in the gallery, with ${assigned} of ${counted(faces, "face")}.`,
    `Threshold: ${threshold.toFixed(3)} (squared L2)${calibration ? `; calibration: ${calibrationText(calibration)}` : ""}${normalisedText(normalised)}.`,
  ];
  return lines.join("\n");
}

function findText({ photographs, threshold, people: sought, search, calibration }: OutputOf<typeof find>): string {
  const notes = calibration ? ["", `Calibration: ${calibrationText(calibration)}.`] : [];
  if (search === "index") notes.push("", "Found by the server's index, which may miss a face; --search exact compares all.");
  if (photographs.length === 0) {
    const nothing =
      threshold === null ? "No such photograph." : `No photograph with a face within ${threshold.toFixed(3)} (squared L2).`;
    return [nothing, ...notes].join("\n");
  }
  const rows = photographs.map(({ paths, gone, takenAt, distance, faces }) => [
    distance?.toFixed(3) ?? "",
    faces.map(({ face }) => face).join(" "),
    takenAt?.replace("T", " ") ?? "",
    `${paths.join("  ")}${gone ? " (gone)" : ""}`,
  ]);
  const lines = [...tableLines([right("distance"), right("face"), "taken", "photograph"], rows), ...notes];
  const who = sought.map(({ id, name }) => personName(id, name)).join(", ");
  return (who === "" ? lines : [`${who}:`, ...lines]).join("\n");
}

function lookalikeText({ people: alike, threshold, calibration }: OutputOf<typeof lookalike>): string {
  if (alike.length === 0) return "There is no one else in the gallery.";
  const rows = alike.map(({ name, person, distance, paths }) => [
    distance.toFixed(3),
    personName(person, name),
    paths.join("  "),
  ]);
  return [
    ...tableLines([right("distance"), "person", "photograph"], rows),
    "",
    `Faces within ${threshold.toFixed(3)} count as the same person. Calibration: ${calibrationText(calibration)}.`,
  ].join("\n");
}

function reportText({ file, people: shown, allPeople, faces, gone, failures }: OutputOf<typeof report>): string {
  const lines = [`${file}: ${shown} of ${counted(allPeople, "person", "people")}, ${counted(faces, "face")}.`];
  if (gone > 0)
    lines.push(`Without a picture, because photographs are missing, changed or unreadable: ${counted(gone, "face")}.`);
  if (failures > 0) lines.push(`Unreadable when indexed: ${counted(failures, "file")}; the page lists them.`);
  return lines.join("\n");
}

/** One line per face: its name or "unknown", the distance to the closest person, and the threshold. */
function identifiedText({ image, faces, calibration, normalised }: OutputOf<typeof identify>): string {
  if (faces.length === 0) return `${printable(image)}: no face\n`;
  const calibrated = calibration.from === "model" ? "" : `, calibration ${calibrationText(calibration)}`;
  return faces
    .map(({ person, name, distance, normalisedDistance, threshold, box }) => {
      const who = person === null ? "unknown" : personName(person, name);
      const how =
        distance === null
          ? "the gallery has no people"
          : `distance ${distance.toFixed(3)}${normalisedDistance === null ? "" : `, normalised ${normalisedDistance.toFixed(3)}`}, threshold ${threshold.toFixed(3)}${calibrated}${normalisedText(normalised)}`;
      return `${printable(image)}: ${who} at ${Math.round(box.x)},${Math.round(box.y)} (${how})\n`;
    })
    .join("");
}

const personName = (person: number | null, name: string | null): string =>
  name === null ? (person === null ? "-" : `person ${person}`) : printable(name);

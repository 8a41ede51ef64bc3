/** The dataset commands. */
import { exitCodes } from "../errors.ts";
import { datasetApply } from "../operations/dataset-apply.ts";
import { datasetBuild } from "../operations/dataset-build.ts";
import { datasetCheck } from "../operations/dataset-check.ts";
import { datasetPack } from "../operations/dataset-pack.ts";
import { datasetStats } from "../operations/dataset-stats.ts";
import type { OutputOf } from "../operations/operation.ts";
import { answerCommand } from "./command.ts";
import { counted } from "./counted.ts";
import { failureText } from "./outcome.ts";
import { right, tableLines } from "./tables.ts";

/** Doubts of a checked set, besides unreadable images. */
const doubtsOf = ({ mislabelled, copies, onePerson, overlap }: OutputOf<typeof datasetCheck>): number =>
  mislabelled.length + copies.length + onePerson.length + (overlap?.length ?? 0);

export const datasetCommands = [
  answerCommand(datasetBuild, {
    text: buildText,
    // photographs looked at, and images of the set
    outcome: ({ photographs, known, unreadable, failures }) => ({
      done: photographs,
      known,
      failures: [...unreadable, ...failures],
    }),
    kept: "Detected faces are kept in the folder; the same command continues from there and writes the set.",
  }),
  answerCommand(datasetApply, {
    text: applyText,
    outcome: ({ images, failures }) => ({ unit: ["image", "images"], done: images, failures }),
    kept: "The corrections are applied; the same command writes the set.",
  }),
  answerCommand(datasetStats, { text: statsText }),
  answerCommand(datasetCheck, {
    text: checkText,
    // 1 if there is something to review
    exitCode: (result) => (doubtsOf(result) + result.failures.length === 0 ? exitCodes.done : exitCodes.someFailed),
  }),
  answerCommand(datasetPack, {
    text: packText,
    outcome: ({ images }) => ({ unit: ["image", "images"], done: images, failures: [] }),
  }),
];

const ofPeople = (images: number, people: number): string =>
  `${counted(images, "image")} of ${counted(people, "person", "people")}`;

const number = (value: number | null): string => value?.toFixed(3) ?? "-";

function buildText({ photographs, known: _, unreadable: __, ...written }: OutputOf<typeof datasetBuild>): string {
  return [`${counted(photographs, "photograph")} processed for the first time.`, ...writtenLines(written)].join("\n");
}

function applyText({ corrections, ...written }: OutputOf<typeof datasetApply>): string {
  return [`${counted(corrections, "person", "people")} corrected.`, ...writtenLines(written)].join("\n");
}

type Written = Pick<OutputOf<typeof datasetApply>, "folder" | "people" | "images" | "dropped" | "review">;

function writtenLines({ folder, people, images, dropped, review }: Written): string[] {
  return [
    `${ofPeople(images, people)} in ${folder}; ${counted(dropped, "low-quality, outlying or duplicate face")} left out.`,
    `Review ${review} and apply the saved decisions with \`facenet dataset apply\`.`,
  ];
}

function statsText({ people, images, imagesPerPerson: per, spread, ...more }: OutputOf<typeof datasetStats>): string {
  const rows = spread.map(({ from, to, people: own }) => [from === to ? `${from}` : `${from} to ${to}`, String(own)]);
  return [
    `${ofPeople(images, people)}: ${per.least} to ${per.most} each, ${per.mean.toFixed(1)} on average, median ${per.median}.`,
    `${counted(more.positivePairs, "pair")} of the same person; people with a single image: ${more.peopleWithOneImage}.`,
    "",
    ...tableLines([right("images"), right("people")], rows),
  ].join("\n");
}

function packText({ shards, people, images }: OutputOf<typeof datasetPack>): string {
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  return `${ofPeople(images, people)} in ${counted(shards.length, "shard")}, ${(bytes / 1e6).toFixed(1)} MB.`;
}

function checkText(result: OutputOf<typeof datasetCheck>): string {
  const { people, images, threshold, mislabelled, copies, onePerson, overlap, imagesWithoutFace, failures } = result;
  const part = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", `${title}: ${lines.length}`, ...lines.map((line) => `  ${line}`)];
  return [
    `${ofPeople(images, people)}; faces within ${threshold.toFixed(3)} (squared L2) count as the same person.`,
    ...part(
      "Images that may have a wrong name",
      mislabelled.map(({ image, looksLike, ownDistance, otherDistance }) =>
        looksLike === null
          ? `${image}: like no one (nearest of its own person ${number(ownDistance)})`
          : `${image}: like ${looksLike} (${number(otherDistance)}, its own ${number(ownDistance)})`,
      ),
    ),
    ...part(
      "Copies",
      copies.map(
        ({ images: [a, b], distance, onePerson: same }) => `${a}  ${b}  (${number(distance)}${same ? "" : ", under two names"})`,
      ),
    ),
    ...part(
      "The same person under two names",
      onePerson.map(({ people: [a, b], share }) => `${a}  ${b}  (${Math.round(share * 100)} % of their images)`),
    ),
    ...part(
      "People who are in both sets",
      (overlap ?? []).map(({ person, other, sameName, images: shared, copies: same, distance }) => {
        const what =
          shared === 0 ? "same name only" : `${counted(shared, "image")}, ${same} of them copies, closest ${number(distance)}`;
        return `${other}: ${person} (${what}${sameName && shared > 0 ? ", and the name" : ""})`;
      }),
    ),
    ...part("No face found", imagesWithoutFace),
    ...part("Could not be read", failures.map(failureText)),
    ...(doubtsOf(result) === 0 ? ["No problems found."] : []),
  ].join("\n");
}

/** Text output of the dataset commands. */
import type * as z from "zod";
import { type ExitCode, exitCodes } from "../errors.ts";
import type { datasetApply } from "../operations/dataset-apply.ts";
import type { datasetBuild } from "../operations/dataset-build.ts";
import type { datasetCheck } from "../operations/dataset-check.ts";
import type { datasetPack } from "../operations/dataset-pack.ts";
import type { datasetStats } from "../operations/dataset-stats.ts";
import { counted } from "./counted.ts";
import type { Outcome } from "./outcome.ts";
import { printableMessage } from "./printable.ts";
import { tableLines } from "./tables.ts";

type Output<O extends { output: z.ZodType }> = z.output<O["output"]>;

const ofPeople = (images: number, people: number): string =>
  `${counted(images, "image")} of ${counted(people, "person", "people")}`;

const number = (value: number | null): string => value?.toFixed(3) ?? "-";

export function datasetBuildText({ photographs, known: _, unreadable: __, ...written }: Output<typeof datasetBuild>): string {
  return [`${counted(photographs, "photograph")} processed for the first time.`, ...writtenLines(written)].join("\n");
}

/** Photographs looked at, and images of the set. */
export function datasetBuildOutcome({ photographs, known, unreadable, failures }: Output<typeof datasetBuild>): Outcome {
  return { done: photographs, known, failures: [...unreadable, ...failures] };
}

export function datasetApplyOutcome({ images, failures }: Output<typeof datasetApply>): Outcome {
  return { unit: ["image", "images"], done: images, failures };
}

export function datasetPackOutcome({ images }: Output<typeof datasetPack>): Outcome {
  return { unit: ["image", "images"], done: images, failures: [] };
}

export function datasetApplyText({ corrections, ...written }: Output<typeof datasetApply>): string {
  return [`${counted(corrections, "person", "people")} corrected.`, ...writtenLines(written)].join("\n");
}

type Written = Pick<Output<typeof datasetApply>, "folder" | "people" | "images" | "dropped" | "review">;

function writtenLines({ folder, people, images, dropped, review }: Written): string[] {
  return [
    `${ofPeople(images, people)} in ${folder}; ${counted(dropped, "low-quality, outlying or duplicate face")} left out.`,
    `Review ${review} and apply the saved decisions with \`facenet dataset apply\`.`,
  ];
}

export function datasetStatsText({ people, images, imagesPerPerson: per, spread, ...more }: Output<typeof datasetStats>): string {
  const rows = spread.map(({ from, to, people: own }) => [from === to ? `${from}` : `${from} to ${to}`, String(own)]);
  return [
    `${ofPeople(images, people)}: ${per.least} to ${per.most} each, ${per.mean.toFixed(1)} on average, median ${per.median}.`,
    `${counted(more.positivePairs, "pair")} of the same person; people with a single image: ${more.peopleWithOneImage}.`,
    "",
    ...tableLines(
      [
        { title: "images", align: "right" },
        { title: "people", align: "right" },
      ],
      rows,
    ),
  ].join("\n");
}

export function datasetPackText({ shards, people, images }: Output<typeof datasetPack>): string {
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  return `${ofPeople(images, people)} in ${counted(shards.length, "shard")}, ${(bytes / 1e6).toFixed(1)} MB.`;
}

export function datasetCheckText(result: Output<typeof datasetCheck>): string {
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
    ...part(
      "Could not be read",
      failures.map(({ message }) => printableMessage(message)),
    ),
    ...(mislabelled.length + copies.length + onePerson.length + (overlap?.length ?? 0) === 0 ? ["No problems found."] : []),
  ].join("\n");
}

/** 1 if there is something to review. */
export function datasetCheckExitCode({
  mislabelled,
  copies,
  onePerson,
  overlap,
  failures,
}: Output<typeof datasetCheck>): ExitCode {
  const doubts = mislabelled.length + copies.length + onePerson.length + (overlap?.length ?? 0) + failures.length;
  return doubts === 0 ? exitCodes.done : exitCodes.someFailed;
}

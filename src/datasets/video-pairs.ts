/**
 * The list of video pairs of YouTube Faces (Wolf, Hassner and Maoz 2011), `splits.txt`: a heading, then a line a pair.
 *
 *     1, Ada_Lovelace/0, Ada_Lovelace/3, 1     fold, the two videos as PERSON/VIDEO, and last whether they show one person
 *     1, Ada_Lovelace/0, Bob_Jones/1, 0
 *
 * Columns between the second video and the last are passed over.
 */
import { FaceNetError } from "../errors.ts";
import { readText } from "../files/read-file.ts";

/** Two videos by PERSON/VIDEO, their fold from 1, and whether they show one person. */
export type VideoPair = { readonly left: string; readonly right: string; readonly same: boolean; readonly fold: number };

/**
 * @param file for messages
 * @throws FaceNetError PAIRS_INVALID with file, line (from 1) and the rule that was broken
 */
export function parseVideoPairs(text: string, file: string): VideoPair[] {
  const pairs: VideoPair[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const fields = line.split(",").map((field) => field.trim());
    if (line.trim() === "" || (i === 0 && !/^\d+$/.test(fields[0] ?? ""))) continue;
    const invalid = (reason: string) => new FaceNetError("PAIRS_INVALID", { file, line: i + 1, reason });
    const [fold = "", left = "", right = "", ...rest] = fields;
    const same = rest.at(-1);
    if (!/^[1-9]\d*$/.test(fold) || !isVideo(left) || !isVideo(right) || (same !== "0" && same !== "1"))
      throw invalid('must be "fold, PERSON/VIDEO, PERSON/VIDEO, …, 1 or 0"');
    if (left === right) throw invalid("must name two different videos");
    const isOnePerson = personOf(left) === personOf(right);
    if (isOnePerson !== (same === "1"))
      throw invalid(`says ${same}, but the videos are of ${isOnePerson ? "one person" : "two people"}`);
    pairs.push({ left, right, same: isOnePerson, fold: Number(fold) });
  }
  if (pairs.length === 0) throw new FaceNetError("PAIRS_INVALID", { file, line: "(all)", reason: "has no pairs of videos" });
  return pairs;
}

/** @throws FaceNetError FILE_NOT_READABLE; PAIRS_INVALID as {@link parseVideoPairs} */
export async function readVideoPairs(file: string): Promise<VideoPair[]> {
  return parseVideoPairs(await readText(file), file);
}

/** PERSON/VIDEO of a video's folder. */
export function videoName(folder: string): string {
  return folder.split(/[/\\]/).slice(-2).join("/");
}

/** A list from a stranger must not reach outside the folder of videos. */
function isVideo(name: string): boolean {
  const parts = name.split("/");
  return parts.length === 2 && parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0]/.test(part));
}

const personOf = (video: string): string => video.slice(0, video.indexOf("/"));

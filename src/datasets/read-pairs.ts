/** The one function of the evaluation that touches the disk; the format is in `pairs.ts`. */
import { readFile } from "node:fs/promises";
import { FaceNetError, reasonOf } from "../errors.ts";
import { type Pair, parsePairs } from "./pairs.ts";

/**
 * Reads a list of pairs from a file of UTF-8 text.
 *
 * @throws FaceNetError FILE_NOT_READABLE when the file cannot be read or is not UTF-8; PAIRS_INVALID as {@link parsePairs}
 */
export async function readPairs(file: string): Promise<Pair[]> {
  return parsePairs(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: "it is not UTF-8 text" }, error);
  }
}

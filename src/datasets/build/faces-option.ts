import * as z from "zod";

/** Where a set of faces is. */
export const facesOption = z.string().describe("folder with a sub-folder for each person, a .tar shard, or a folder of shards");

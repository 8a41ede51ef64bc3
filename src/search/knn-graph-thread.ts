/** Worker thread that computes a range of rows of a k-NN graph. */
import { answerInThread } from "../engine/threads.ts";
import { type NearestOthersOptions, nearestOthers, type SharedCodes } from "./nearest-others.ts";

export type GraphPart = SharedCodes &
  Pick<NearestOthersOptions, "first" | "last" | "k"> & {
    /** [2] shared: 1 to stop; faces finished by all threads */
    readonly state: Int32Array;
  };

await answerInThread((part: GraphPart) =>
  nearestOthers(part, {
    ...part,
    onDone(faces) {
      Atomics.add(part.state, 1, faces);
      Atomics.notify(part.state, 1);
      return Atomics.load(part.state, 0) === 0;
    },
  }),
);

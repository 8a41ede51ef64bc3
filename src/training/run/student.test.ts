import { describe, expect, it } from "vitest";
import { flattening } from "../../engine/graph/layers/fully-connected.ts";
import { l2Normalisation } from "../../engine/graph/layers/normalisation.ts";
import { inferenceModel, planNetwork } from "../../engine/graph/network.ts";
import { OnnxNetwork } from "../../engine/onnx-network.ts";
import { normalize, squaredL2 } from "../../metric/distance.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import { startStudent, studentNetwork } from "./student.ts";

const IMAGES = 60;
const random = seededRandom(3);
/** Unit vectors near an axis, so that their mean is not 0. */
const embeddings = (size: number) => {
  const vectors = new Float32Array(IMAGES * size);
  for (let i = 0; i < IMAGES; i++)
    vectors.set(normalize(Float32Array.from({ length: size }, (_, k) => random() - 0.5 + (k === 0 ? 1 : 0))), i * size);
  return { vectors, size };
};
const [base, teacher] = [embeddings(12), embeddings(5)];
const row = ({ vectors, size }: { vectors: Float32Array; size: number }, i: number) => vectors.slice(i * size, (i + 1) * size);
const people = Array.from({ length: 20 }, (_, person) => [3 * person, 3 * person + 1, 3 * person + 2]);
/** Minus the mean, at unit length. */
const centred = (of: { vectors: Float32Array; size: number }) => {
  const mean = Array.from({ length: of.size }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < IMAGES; i++) sum += of.vectors[i * of.size + k] as number;
    return sum / IMAGES;
  });
  return Array.from({ length: IMAGES }, (_, i) => normalize(row(of, i).map((value, k) => value - (mean[k] as number))));
};

describe("startStudent", () => {
  it("has targets at the distances of both embeddings together, if no dimension is left out", () => {
    const { targets } = startStudent(base, teacher, people, 17);
    const parts = [centred(base), centred(teacher)];
    const joint = Array.from({ length: IMAGES }, (_, i) => parts.flatMap((part) => Array.from(part[i] as Float32Array)));
    const mean = joint[0]?.map((_, k) => joint.reduce((sum, vector) => sum + (vector[k] as number), 0) / IMAGES);
    const expected = joint.map((vector) => normalize(Float32Array.from(vector, (value, k) => value - (mean?.[k] as number))));
    const all = { vectors: targets, size: 17 };
    for (let i = 1; i < IMAGES; i++)
      expect(squaredL2(row(all, i), row(all, 0))).toBeCloseTo(
        squaredL2(expected[i] as Float32Array, expected[0] as Float32Array),
        5,
      );
  });

  it("starts near the targets, if the teacher is the model itself, with fewer dimensions or as many", async () => {
    for (const size of [12, 6]) {
      const { targets, head } = startStudent(base, base, people, size);
      const network = { name: "base", summary: "", input: { width: 2, height: 2 } };
      const plan = planNetwork(studentNetwork({ ...network, layers: [flattening("rows"), l2Normalisation("L2")] }, size));
      const model = await OnnxNetwork.create(inferenceModel(plan, head), { threads: 1 });
      const images = { data: base.vectors.map((value) => 7 * value), dims: [IMAGES, 3, 2, 2] };
      const { embeddings: found } = await model.run({ images });
      await model.dispose();
      const distances = people
        .flat()
        .map((i) => squaredL2(row({ vectors: found?.data as Float32Array, size }, i), row({ vectors: targets, size }, i)));
      expect(Math.max(...distances)).toBeLessThan(0.05);
    }
  });
});

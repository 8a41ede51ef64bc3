import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { LibrarySimulation, type Outcome, type World } from "./library-simulation.ts";
import { madeUpPictures, madeUpWorld } from "./made-up-world.ts";

const [SEEDS, STEPS] = [[1, 2, 3, 4], 250];

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder("library");
});

async function simulate(seed: number, steps: number, world: World = madeUpWorld): Promise<Outcome> {
  const random = seededRandom(seed);
  const library = new LibrarySimulation(world, join(folder, String(seed)), random);
  try {
    await library.start(await madeUpPictures(25, 6, random));
    for (let i = 0; i < steps; i++) await library.step();
    return await library.judge();
  } finally {
    await library.close();
  }
}

describe("a library that is edited, moved, named and indexed at random", () => {
  it("keeps every correction with a photograph on disk, and assigns none to another person", async () => {
    const sum = { statements: 0, placed: 0, wrong: 0 };
    for (const seed of SEEDS) {
      const outcome = await simulate(seed, STEPS);
      expect(outcome.wrong).toBe(0);
      expect(outcome.statements - outcome.placed).toBeLessThanOrEqual(outcome.listed);
      sum.statements += outcome.statements;
      sum.placed += outcome.placed;
    }
    expect(sum.statements).toBeGreaterThan(80);
    expect(sum.placed / sum.statements).toBeGreaterThanOrEqual(0.99);
  }, 240_000);

  it("would assign corrections to other people without comparing embeddings", async () => {
    const model = { ...madeUpWorld.facenet.model, thresholds: [{ far: 1e-4, distance: 5 }] };
    const facenet = { ...madeUpWorld.facenet, model } as World["facenet"];
    const world = { edit: madeUpWorld.edit, standIn: madeUpWorld.standIn, facenet };
    let wrong = 0;
    for (const seed of SEEDS) {
      wrong += (await simulate(seed, STEPS, world as World)).wrong;
      if (wrong > 0) break;
    }
    expect(wrong).toBeGreaterThan(0);
  }, 240_000);
});

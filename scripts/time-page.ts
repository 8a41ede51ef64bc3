/**
 * Time of the page over 100,000 synthetic faces in headless Chromium: the people grid and the person with most faces, from
 * loading to the end of the list, and the number of elements in the document.
 *
 *     npm run build && node scripts/time-page.ts [FACES]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createLargeGallery } from "../test/gallery/large-gallery.ts";
import { openPage } from "../test/web/open-page.ts";

const FACES = Number(process.argv[2] ?? 100_000);
const ROUNDS = 4;

const folder = await mkdtemp(join(tmpdir(), "facenet-time-page-"));
const { people, most } = await createLargeGallery(folder, FACES);
console.log(`${FACES} faces, ${people} people, ${availableParallelism()} x ${cpus()[0]?.model}, Node ${process.version}`);
const { page, go, close } = await openPage(folder);
const elements = () => page.evaluate<number>("document.querySelectorAll('*').length");
const toTheEnd = (place: number) => page.locator(`li[aria-posinset="${place}"]`).waitFor();
try {
  for (let round = 0; round < ROUNDS; round++) {
    await page.goto("about:blank");
    const firstCard = await timed(async () => {
      await go("#/people");
      await page.locator(".person img").first().waitFor();
    });
    let wall = await elements();
    const scrolled = await timed(async () => {
      for (let part = 1; part <= 20; part++) {
        await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight * ${part / 20})`);
        await page.waitForTimeout(60);
        wall = Math.max(wall, await elements());
      }
      await toTheEnd(people);
    });
    const firstFace = await timed(async () => {
      await go("#/people/1");
      await page.locator(".face .whole").first().waitFor();
    });
    const lastFace = await timed(async () => {
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      await toTheEnd(most);
      await page.locator(".face .whole").last().waitFor();
    });
    console.log(
      `wall: first card ${firstCard} ms, to the end in 20 strides ${scrolled} ms, at most ${wall} elements; ` +
        `person: first face ${firstFace} ms, last of ${most} ${lastFace} ms, ${await elements()} elements`,
    );
  }
} finally {
  await close();
  await rm(folder, { recursive: true, force: true });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}

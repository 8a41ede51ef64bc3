/**
 * Names everybody of an album, as a user does through the page alone: adds the photographs, names the groups, answers the questions,
 * and goes through the remaining faces and every person's page.
 */
import type { Locator, Page } from "playwright-core";
import type { Visitor } from "./visitor.ts";

/** Names given by the visitor, by person. If two have the same name, the second gets a different one. */
export type Names = Map<string, string>;

/** Number of successive "no" answers after which the visitor stops; the most likely questions come first. */
const NOES = 4;

export async function nameEverybody(visitor: Visitor, files: readonly string[], names: Names): Promise<void> {
  await addPhotographs(visitor, files);
  await nameGroups(visitor, names);
  await answerQuestions(visitor);
  await nameFacesLeft(visitor, names);
  await lookThroughEverybody(visitor, names);
}

const ADDED_MS = 1_200_000;
const toast = (page: Page, text: string | RegExp, timeout = 60_000) =>
  page.locator(".toast").getByText(text).waitFor({ timeout });

async function addPhotographs(visitor: Visitor, files: readonly string[]): Promise<void> {
  const { page } = visitor;
  await visitor.click(page.getByRole("link", { name: "Add photos" }));
  await visitor.choose(page.getByRole("button", { name: "Choose photos" }), files);
  await toast(page, "Faces grouped into people.", ADDED_MS);
}

/** Group after group from the first: the page moves on to the next after each name. Strangers are skipped. */
async function nameGroups(visitor: Visitor, names: Names): Promise<void> {
  const { page } = visitor;
  await visitor.click(page.getByRole("link", { name: "People" }));
  const cards = page.getByRole("list", { name: "Who is this?" });
  await cards.waitFor();
  for (let place = 1; ; ) {
    const card = cards.locator(`> li[aria-posinset="${place}"]`);
    if ((await card.count()) === 0) return;
    const [seen] = await visitor.look(card);
    if (!seen?.who) {
      place++;
      continue;
    }
    const field = card.getByRole("combobox");
    if ((await card.locator("input:focus").count()) === 0) await visitor.click(field);
    await giveName(visitor, field, seen.who, names);
    await visitor.settle();
  }
}

/** If the name exists, the page shows that person's face and asks whether to merge. */
async function giveName(visitor: Visitor, field: Locator, who: string, names: Names): Promise<void> {
  const { page } = visitor;
  const name = names.get(who) as string;
  await visitor.enter(name);
  const offered = page.locator('.options [aria-selected="true"]');
  await offered
    .or(page.locator(".toast").getByText(`This is ${name}.`))
    .first()
    .waitFor();
  if ((await offered.count()) === 0) return;
  const [other] = await visitor.look(offered);
  if (other?.who === who) {
    await visitor.press("Enter");
    await toast(page, `Merged with ${name}.`);
  } else {
    await visitor.press("Escape");
    names.set(who, `${name} (another)`);
    await giveName(visitor, field, who, names);
  }
}

/** Most likely first, until several in a row are wrong. */
async function answerQuestions(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  const link = page.getByRole("link", { name: /^The same person\? \d/ });
  await visitor.settle();
  if ((await link.count()) === 0) return;
  await visitor.click(link);
  const question = page.locator(".question");
  for (let noes = 0; noes < NOES; ) {
    await question.or(page.getByText("No questions.")).first().waitFor();
    if ((await question.count()) === 0) return;
    const [known, asked] = await visitor.look(question.locator(".pair"));
    const isSame = asked?.who !== undefined && known?.who === asked.who;
    noes = isSame ? 0 : noes + 1;
    await visitor.press(isSame ? "y" : "n");
    await toast(page, isSame ? /^This is / : /^Not /);
    await visitor.settle();
  }
}

/** Faces without a person, most of them strangers: a correct group by one click, otherwise one by one. */
async function nameFacesLeft(visitor: Visitor, names: Names): Promise<void> {
  const { page } = visitor;
  await visitor.click(page.getByRole("navigation").getByRole("link", { name: /^Faces/ }));
  await page.getByRole("heading", { name: "Faces without a person" }).waitFor();
  await visitor.settle();
  const groups = page.locator(".group");
  for (let place = 0; place < (await groups.count()); ) {
    const group = groups.nth(place);
    const more = group.getByRole("button", { name: /^Show \d+ more$/ });
    while ((await more.count()) > 0) await visitor.click(more);
    const asked = (await group.getAttribute("aria-label"))?.match(/^Is this (.+)\?$/)?.[1];
    const faces = await lookAll(visitor, group.locator(".face-grid > li"));
    const known = faces.filter(({ who }) => who !== undefined);
    const who = known[0]?.who;
    if (who === undefined) {
      place++;
      continue;
    }
    if (known.length === faces.length && known.every((one) => names.get(one.who as string) === asked)) {
      await visitor.click(group.getByRole("button", { name: /^Yes/ }));
    } else {
      await nameSelected(
        visitor,
        known.filter((one) => one.who === who).map(({ card }) => card),
        names.get(who) as string,
      );
    }
    await toast(page, /^\d+ faces?: /);
    await visitor.settle();
  }
}

/** Goes through the page of each named person: wrong faces get the right name, or are rejected. */
async function lookThroughEverybody(visitor: Visitor, names: Names): Promise<void> {
  const { page } = visitor;
  await visitor.click(page.getByRole("link", { name: "People" }));
  const cards = page.getByRole("list", { name: "People" });
  const list = page.getByRole("list", { name: "Faces" });
  for (let place = 1; ; place++) {
    await cards.waitFor();
    await visitor.settle();
    const card = cards.locator(`> li[aria-posinset="${place}"]`);
    if ((await card.count()) === 0) return;
    await visitor.click(card.getByRole("link"));
    await list.waitFor();
    await visitor.settle();
    const name = await page.getByRole("heading", { level: 1 }).textContent();
    const faces = await lookAll(visitor, list.getByRole("listitem"));
    const others = faces.filter(({ who }) => who === undefined || names.get(who) !== name);
    for (const [who, some] of Map.groupBy(others, (one) => one.who)) {
      const theirs = some.map(({ card: face }) => face);
      if (who === undefined) {
        for (const face of theirs) await visitor.select(face);
        await visitor.click(page.getByRole("toolbar").getByRole("button", { name: `Not ${name}` }));
      } else await nameSelected(visitor, theirs, names.get(who) as string);
      await toast(page, who === undefined ? /^Not / : /^\d+ faces?: /);
      await visitor.settle();
    }
    await visitor.back();
  }
}

async function nameSelected(visitor: Visitor, cards: readonly Locator[], name: string): Promise<void> {
  for (const card of cards) await visitor.select(card);
  await visitor.click(visitor.page.getByRole("toolbar").getByRole("combobox"));
  await visitor.enter(name);
}

/** Person shown on each card, scrolling from one to the next. */
async function lookAll(
  visitor: Visitor,
  cards: Locator,
): Promise<{ readonly card: Locator; readonly who: string | undefined }[]> {
  const seen: { readonly card: Locator; readonly who: string | undefined }[] = [];
  for (const card of await cards.all()) seen.push({ card, who: (await visitor.look(card))[0]?.who });
  return seen;
}

/** Pages and their hash routes: #/people/12, #/photographs/7, #/photographs/7/face/31. */
import { useEffect, useState } from "preact/hooks";

export const pageNames = [
  "people",
  "photographs",
  "faces",
  "find",
  "questions",
  "add",
  "compare",
  "camera",
  "reports",
  "unplaced",
] as const;
export type PageName = (typeof pageNames)[number];

/** Pages in the navigation bar; the others are in its menu. */
export const mainPages: readonly PageName[] = ["people", "photographs", "faces", "find"];
export const otherPages: readonly PageName[] = ["questions", "compare", "camera", "reports", "unplaced"];

export type Route = {
  readonly page: PageName;
  readonly id: string | undefined;
  /** Selected face, on the page of a photograph. */
  readonly face: number | undefined;
};

export const photographLink = (photograph: number, face?: number): string =>
  `#/photographs/${photograph}${face === undefined ? "" : `/face/${face}`}`;
export const personLink = (person: number): string => `#/people/${person}`;

export function readRoute(): Route {
  const [page, id, , face] = location.hash.replace(/^#\/?/, "").split("/");
  return {
    page: pageNames.find((name) => name === page) ?? "people",
    id: id === "" ? undefined : id,
    face: face === undefined || !/^\d+$/.test(face) ? undefined : Number(face),
  };
}

/** A route, and whether it was reached by Back or Forward. */
export type Visit = Route & { readonly isReturn: boolean };

type Place = { readonly y: number; readonly focus: string | undefined };
const places = new Map<string, Place>();
let current = "";

/** Identifies the current entry of the browser's history. */
function entryKey(): string {
  const known = (history.state as { readonly key?: string } | null)?.key;
  if (known !== undefined) return known;
  const key = `${performance.timeOrigin}-${performance.now()}`;
  history.replaceState({ key }, "");
  return key;
}

/** Replaces the current history entry, so that Back skips it. */
export function replaceRoute(hash: string): void {
  history.replaceState(history.state, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Current route. Scroll positions are saved per history entry, see {@link returnToPlace}. */
export function useRoute(): Visit {
  const [visit, setVisit] = useState<Visit>(() => {
    history.scrollRestoration = "manual";
    current = entryKey();
    return { ...readRoute(), isReturn: false };
  });
  useEffect(() => {
    const onChange = () => {
      const key = entryKey();
      if (key !== current) {
        places.set(current, { y: scrollY, focus: focusedLink() });
        current = key;
      }
      setVisit({ ...readRoute(), isReturn: places.has(key) });
    };
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return visit;
}

function focusedLink(): string | undefined {
  const href = document.activeElement?.getAttribute("href");
  return href?.startsWith("#/") ? href : undefined;
}

/** Time limit for restoring the scroll position: content above it may still be loading. */
const RETURN_MS = 3000;

/** Restores the scroll position, or scrolls to the top, and focuses the heading. @returns a function that cancels it */
export function returnToPlace(): () => void {
  const place = places.get(current);
  const start = performance.now();
  let isWanted = true;
  const attempt = () => {
    if (!isWanted) return;
    scrollTo(0, place?.y ?? 0);
    const isThere = !place || Math.abs(scrollY - place.y) < 2;
    const link = place?.focus && document.querySelector<HTMLElement>(`a[href="${CSS.escape(place.focus)}"]`);
    if (isThere && (!place?.focus || link)) link ? link.focus({ preventScroll: true }) : focusHeading();
    else if (performance.now() - start < RETURN_MS) requestAnimationFrame(attempt);
    else focusHeading();
  };
  const giveUp = () => {
    isWanted = false;
  };
  for (const event of ["wheel", "touchstart", "keydown"] as const) addEventListener(event, giveUp, { once: true, passive: true });
  requestAnimationFrame(attempt);
  return giveUp;
}

/** Focuses the heading, so that screen readers announce the page. */
function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>("main h1");
  if (!heading || document.activeElement instanceof HTMLInputElement) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/** The pages and their addresses, the part after #/. */
import { useEffect, useState } from "preact/hooks";

export const pageNames = ["people", "add", "find", "compare", "camera", "reports"] as const;
export type PageName = (typeof pageNames)[number];

/** The pages that somebody has a use for. */
export function pagesFor(mayWrite: boolean): readonly PageName[] {
  return pageNames.filter((name) => mayWrite || name !== "add");
}

export type Route = { readonly page: PageName; readonly id: string | undefined };

function readRoute(): Route {
  const [page, id] = location.hash.replace(/^#\/?/, "").split("/");
  return { page: pageNames.find((name) => name === page) ?? "people", id: id === "" ? undefined : id };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const onChange = () => setRoute(readRoute());
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  return route;
}

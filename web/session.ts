/**
 * The API key that the page shows to the service, where that asks for one. It is kept for this tab only (sessionStorage: no
 * other port of the same host sees it, closing the tab forgets it) and sent as a header, which no other page can have a browser
 * add; docs/threat-model.md says why not a cookie.
 */

const NAME = "facenet-key";

export const session = {
  key: (): string | null => sessionStorage.getItem(NAME),
  begin: (key: string): void => sessionStorage.setItem(NAME, key),
  end: (): void => sessionStorage.removeItem(NAME),
};

/** The headers of a request, with the key where there is one. */
export function withKey(headers?: HeadersInit, key: string | null = session.key()): Headers {
  const all = new Headers(headers);
  if (key !== null) all.set("authorization", `Bearer ${key}`);
  return all;
}

type Refused = (code: string) => void;
const listeners = new Set<Refused>();

/** Calls back whenever the service wants a key that it was not given, or knows the given one no more. @returns stops that */
export function onRefused(listener: Refused): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellRefused(code: string): void {
  for (const listener of listeners) listener(code);
}

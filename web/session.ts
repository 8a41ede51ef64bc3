/**
 * API key of this tab. sessionStorage is separate for every port and is cleared with the tab. The key is sent as a header, which
 * no other page can make a browser add; docs/threat-model.md explains why not a cookie.
 */

const NAME = "facenet-key";

export const session = {
  key: (): string | null => sessionStorage.getItem(NAME),
  begin: (key: string): void => sessionStorage.setItem(NAME, key),
  end: (): void => sessionStorage.removeItem(NAME),
};

/** Adds the key, if any, to the headers of a request. */
export function withKey(headers?: HeadersInit, key: string | null = session.key()): Headers {
  const all = new Headers(headers);
  if (key !== null) all.set("authorization", `Bearer ${key}`);
  return all;
}

type Refused = (code: string) => void;
const listeners = new Set<Refused>();

/** Calls `listener` whenever the service rejects a missing or invalid key. @returns a function that unsubscribes */
export function onRefused(listener: Refused): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellRefused(code: string): void {
  for (const listener of listeners) listener(code);
}

/** Permissions of the current user. */
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useState } from "preact/hooks";
import { ServiceError } from "../src/client/create-client.ts";
import type { Scope } from "../src/schemas/api-key.ts";
import { type Access, api } from "./api.ts";
import { onRefused, session, withKey } from "./session.ts";
import { isOffline } from "./texts.ts";

/** In ascending order. The service enforces them; the page only hides what would be refused. */
const scopes: readonly Scope[] = ["read", "write", "admin"];

export const AccessContext = createContext<Access>({ keyNeeded: false, name: null, scope: "read" });

export function useMay(wanted: Scope): boolean {
  return scopes.indexOf(useContext(AccessContext).scope) >= scopes.indexOf(wanted);
}

/** Reason for missing access: KEY_NEEDED, KEY_INVALID, OFFLINE (service unreachable), or another error code. */
export type Refusal = { readonly code: string; readonly message: string };

export type AccessState = {
  /** Undefined while loading and without a valid key. */
  readonly access: Access | undefined;
  readonly refusal: Refusal | undefined;
  readonly signIn: (key: string) => Promise<void>;
  readonly signOut: () => void;
  /** Repeats the request with the current key. */
  readonly retry: () => void;
};

export function useAccess(): AccessState {
  const [{ access, refusal }, setState] = useState<Pick<AccessState, "access" | "refusal">>({
    access: undefined,
    refusal: undefined,
  });
  const ask = useCallback(async (key: string | null): Promise<void> => {
    try {
      const given = await api.access(key);
      if (key !== null) session.begin(key);
      setState({ access: given, refusal: undefined });
    } catch (error) {
      const code =
        error instanceof ServiceError ? error.code : !canBeSent(key) ? "KEY_INVALID" : isOffline(error) ? "OFFLINE" : "";
      setState({ access: undefined, refusal: { code, message: error instanceof Error ? error.message : String(error) } });
    }
  }, []);
  useEffect(() => void ask(session.key()), [ask]);
  useEffect(
    () =>
      onRefused((code) => {
        session.end();
        setState({ access: undefined, refusal: { code, message: code } });
      }),
    [],
  );
  const signOut = () => {
    session.end();
    void ask(null);
  };
  return { access, refusal, signIn: ask, signOut, retry: () => void ask(session.key()) };
}

/** HTTP headers cannot carry every string. */
function canBeSent(key: string | null): boolean {
  try {
    return withKey(undefined, key) instanceof Headers;
  } catch {
    return false;
  }
}

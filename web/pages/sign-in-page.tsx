/** Sign-in page: asks for the API key. */
import { useState } from "preact/hooks";
import type { AccessState } from "../access.ts";
import { useTitle } from "../state/use-title.ts";
import { useStrings } from "../strings/strings.ts";

export function SignInPage({ refusal, signIn }: Pick<AccessState, "refusal" | "signIn">) {
  const t = useStrings();
  useTitle(t.signIn);
  const [isAsking, setAsking] = useState(false);
  const error = refusal?.code === "KEY_NEEDED" ? undefined : refusal?.code === "KEY_INVALID" ? t.keyRefused : refusal?.message;
  return (
    <div class="narrow">
      <h1>{t.signIn}</h1>
      <p class="soft">{t.signInNote}</p>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(true);
          const key = String(new FormData(event.currentTarget).get("key") ?? "").trim();
          void signIn(key).finally(() => setAsking(false));
        }}
      >
        <input
          type="password"
          name="key"
          required
          aria-label={t.key}
          placeholder="fn_…"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : "refusal"}
        />
        <button type="submit" class="main" disabled={isAsking}>
          {t.signIn}
        </button>
      </form>
      {error !== undefined && (
        <p id="refusal" role="alert" class="error">
          {error}
        </p>
      )}
      <p class="soft">
        {t.whereKeys} <code>facenet keys create NAME --scope read</code>
      </p>
    </div>
  );
}

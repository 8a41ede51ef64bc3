import { describe, expect, it } from "vitest";
import { html } from "./html.ts";

describe("html", () => {
  it("escapes what is put in, in text and in attributes", () => {
    const name = `"><script>alert('x')</script>&amp;`;
    expect(html`<img alt="${name}">`.source).toBe(
      `<img alt="&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;amp;">`,
    );
  });

  it("takes markup, lists and numbers as they are, and nothing for undefined", () => {
    expect(html`<ul>${["a", "b<"].map((item) => html`<li>${item}</li>`)}</ul>${1.5}${undefined}`.source).toBe(
      "<ul><li>a</li><li>b&#60;</li></ul>1.5",
    );
  });
});

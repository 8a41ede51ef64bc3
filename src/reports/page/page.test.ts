import { describe, expect, it } from "vitest";
import { html, page } from "./page.ts";

describe("page", () => {
  const text = page({ title: "a < b", style: html`.own { color: red }`, body: html`<h1>${"x & y"}</h1>` });

  it("allows no requests and no scripts", () => {
    expect(text).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(text).not.toMatch(/https?:|<script|<link|@import|url\(/i);
  });

  it("contains title, style and body, with the title escaped", () => {
    expect(text).toContain("<title>facenet: a &#60; b</title>");
    expect(text).toMatch(/<style>[^<]*\.own \{ color: red \}<\/style>/);
    expect(text).toMatch(/<main>\s*<h1>x &#38; y<\/h1>\s*<\/main>/);
  });
});

describe("html", () => {
  it("escapes values in text and attributes", () => {
    const name = `"><script>alert('x')</script>&amp;`;
    expect(html`<img alt="${name}">`.source).toBe(
      `<img alt="&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;amp;">`,
    );
  });

  it("inserts markup, lists and numbers unchanged, and nothing for undefined", () => {
    expect(html`<ul>${["a", "b<"].map((item) => html`<li>${item}</li>`)}</ul>${1.5}${undefined}`.source).toBe(
      "<ul><li>a</li><li>b&#60;</li></ul>1.5",
    );
  });
});

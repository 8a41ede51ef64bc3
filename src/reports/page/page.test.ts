import { describe, expect, it } from "vitest";
import { html } from "./html.ts";
import { page } from "./page.ts";

describe("page", () => {
  const text = page({ title: "a < b", style: html`.own { color: red }`, body: html`<h1>${"x & y"}</h1>` });

  it("lets the browser fetch nothing and run nothing", () => {
    expect(text).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(text).not.toMatch(/https?:|<script|<link|@import|url\(/i);
  });

  it("holds title, style and body in their places, the title escaped", () => {
    expect(text).toContain("<title>facenet: a &#60; b</title>");
    expect(text).toMatch(/<style>[^<]*\.own \{ color: red \}<\/style>/);
    expect(text).toMatch(/<main>\s*<h1>x &#38; y<\/h1>\s*<\/main>/);
  });
});

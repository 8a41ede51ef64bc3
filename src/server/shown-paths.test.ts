import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html, page } from "../reports/page/page.ts";
import { pageWithoutPaths } from "./shown-paths.ts";

const folders = fc.array(fc.stringMatching(/^[\p{L}\d_.()&-]{1,12}( [\p{L}\d_]{1,8})?$/u), { minLength: 1, maxLength: 5 });
const picture = fc.base64String({ minLength: 8, maxLength: 400 });
const titled = (body: ReturnType<typeof html>) => page({ title: "a report", body });

describe("the page of a report", () => {
  it("contains file names without their folders", () => {
    fc.assert(
      fc.property(folders, fc.stringMatching(/^[\p{L}\d_]{1,12}\.jpg$/u), (given, file) => {
        const path = `/srv-secret/${given.join("/")}/${file}`;
        const whole = titled(html`<li>${path}: is damaged</li><li>${path} and ${path}</li><td title="${path}">"${path}"</td>`);
        const wanted = titled(html`<li>${file}: is damaged</li><li>${file} and ${file}</li><td title="${file}">"${file}"</td>`);
        expect(pageWithoutPaths(whole)).toBe(wanted);
      }),
    );
  });

  it("is otherwise unchanged: pictures, URLs, relative paths, markup", () => {
    fc.assert(
      fc.property(picture, (data) => {
        const source = `data:image/png;base64,${data}`;
        const whole = titled(
          html`<img src="${source}"><svg><path d="M0 0/1 2" style="background: url(${source})"/></svg><p>https://example.com/a/b.html
lfw/images/Aaron/a.jpg and/or 3 / 4 / 5</p>`,
        );
        expect(pageWithoutPaths(whole)).toBe(whole);
      }),
    );
  });
});

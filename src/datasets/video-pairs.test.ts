import { describe, expect, it } from "vitest";
import { parseVideoPairs, videoName } from "./video-pairs.ts";

describe("parseVideoPairs", () => {
  it("reads fold, videos and kind, with any separators", () => {
    const text = "split number, first name, second name, is same?\r\n1, Ada/0, Ada/3, 1\r\n10,Ada/0,Bob/1,0.5,0\n\n";
    expect(parseVideoPairs(text, "splits.txt")).toEqual([
      { left: "Ada/0", right: "Ada/3", same: true, fold: 1 },
      { left: "Ada/0", right: "Bob/1", same: false, fold: 10 },
    ]);
  });

  it.each([
    ["1, Ada/0, Ada/3", 'must be "fold'],
    ["x, Ada/0, Ada/3, 1\n0, Ada/0, Ada/3, 1", 'must be "fold'],
    ["1, Ada/0, ../x, 0", 'must be "fold'],
    ["1, Ada/0, Ada/0, 1", "two different videos"],
    ["1, Ada/0, Bob/0, 1", "says 1, but the videos are of two people"],
    ["heading", "no pairs of videos"],
  ])("refuses %j", (text, reason) => {
    expect(() => parseVideoPairs(text, "splits.txt")).toThrow(reason);
  });
});

it("videoName is the last two parts of a path", () => {
  expect([videoName("/data/ytf/Ada/0"), videoName("C:\\ytf\\Ada\\0")]).toEqual(["Ada/0", "Ada/0"]);
});

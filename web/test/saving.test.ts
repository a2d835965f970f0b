import { expect, test } from "vitest";
import { fileNameOf } from "../src/saving/save";

test("portal review 7: the name of a saved file is one that every system takes", () => {
  expect(["I/σ by frame?", "a:b\\c", "..", "", "frame 12 thresh\u0000old"].map(fileNameOf)).toEqual([
    "I_σ by frame_",
    "a_b_c",
    "picture",
    "picture",
    "frame 12 thresh_old",
  ]);
});

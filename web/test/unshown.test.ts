import { expect, test } from "vitest";
import { noPreview } from "../src/unshown/kinds";
import { kindByBytes } from "../src/unshown/magic";

test("it is said that a kind of file is not shown, and what opens it", () => {
  expect(noPreview("scan.cbf")).toMatch(/no preview of CBF frames\..*dials\.image_viewer/);
  expect(noPreview("all.tar.gz")).toContain("tar xf");
  expect(noPreview("core.xyz")).toContain("no preview of this kind of file");
});

test("first bytes tell what a file is, whatever its name", () => {
  const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  expect(kindByBytes(bytes("\x89HDF\r\n\x1a\n\0\0"))).toBe("HDF5 file");
  expect(kindByBytes(bytes(`${"\0".repeat(128)}DICM`))).toBe("DICOM file");
  expect(kindByBytes(bytes("\0\0\0\x20ftypisom"))).toBe("MP4 or QuickTime video");
  expect(kindByBytes(bytes("hello"))).toBeUndefined();
});

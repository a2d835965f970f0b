// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findPlace } from "../src/siblings/entries";

const entries = [
  { path: "empty", kind: "directory" },
  { path: "marked", kind: "directory" },
  { path: "marked/a.txt", kind: "file" },
  { path: "scripts.txt", kind: "file" },
  { path: "scripts/run.sh", kind: "file" },
];

beforeEach(() => {
  vi.stubGlobal("fetch", async (request: Request) => {
    const prefix = new URL(request.url).searchParams.get("prefix") ?? "";
    return Response.json({ items: entries.filter(({ path }) => path.startsWith(prefix)).slice(0, 1) });
  });
});

afterEach(() => vi.unstubAllGlobals());

test("portal review 5: the address of a folder without its last slash is that of the folder", async () => {
  expect(await findPlace("d", "scripts", undefined)).toBe("folder");
  expect(await findPlace("d", "marked", undefined)).toBe("folder");
});

test("files, empty folders and names of nothing are what they are", async () => {
  expect(await findPlace("d", "scripts.txt", undefined)).toMatchObject({ kind: "file" });
  expect(await findPlace("d", "empty", undefined)).toMatchObject({ kind: "directory" });
  expect(await findPlace("d", "script", undefined)).toBeNull();
});

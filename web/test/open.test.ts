// @vitest-environment jsdom
import { expect, test } from "vitest";
import { waysToOpenFile, withPrograms } from "../src/open/files";
import { type OpenFacts, waysToOpen } from "../src/open/ways";
import { storeOf } from "../src/unshown/store";

const facts: OpenFacts = {
  server: "https://hutch.example.org",
  id: "0193",
  name: "ada/lysozyme",
  slug: "lysozyme",
  isPublic: false,
  isClosed: true,
  hasFrames: true,
  hasGit: true,
  at: undefined,
  isVisitor: false,
  user: "ada",
};
const programs = (change: Partial<OpenFacts>) => waysToOpen({ ...facts, ...change }).map(({ program }) => program);
const line = (program: string, change: Partial<OpenFacts> = {}) =>
  waysToOpen({ ...facts, ...change }).find((way) => way.program === program)?.lines[0]?.value;

test("a dataset offers the programs that can open it now", () => {
  expect(programs({})).toEqual([
    "Command line",
    "Folder (mount)",
    "Python",
    "h5py",
    "DIALS",
    "Zarr",
    "git",
    "DataLad",
    "rclone (WebDAV)",
  ]);
  expect(programs({ hasFrames: false })).not.toContain("DIALS");
  expect(programs({ isClosed: false })).not.toContain("Zarr");
  expect(programs({ at: "2" })).not.toContain("git");
  expect(programs({ hasGit: false })).not.toContain("DataLad");
  expect(programs({ s3: "https://s3.example.org/", jupyterHub: "https://jupyter.example.org/" })).toEqual(
    expect.arrayContaining(["S3", "JupyterHub"]),
  );
});

test("a visitor gets lines that need no login", () => {
  const ways = waysToOpen({ ...facts, isVisitor: true, isPublic: true, user: undefined });
  const text = JSON.stringify(ways);

  expect(text).not.toMatch(/login|HUTCH_TOKEN|rclone obscure/);
  expect(line("Command line", { isVisitor: true, isPublic: true })).toBe(
    "hutch clone --remote https://hutch.example.org ada/lysozyme",
  );
});

test("the lines of a version name it", () => {
  expect(line("Command line", { at: "3" })).toBe("hutch clone ada/lysozyme@3");
  expect(line("Zarr", { at: "3" })).toContain("/snapshots/3/zarr/.hutch/virtual/lysozyme.nxs");
  expect(line("S3", { at: "3", s3: "https://s3.example.org" })).toContain("s3://ada.lysozyme.at.3");
});

test("a public dataset opens in JupyterHub as a clone, another one with the Python package", () => {
  const jupyterHub = "https://jupyter.example.org/";
  const hrefOf = (isPublic: boolean) =>
    waysToOpen({ ...facts, isPublic, jupyterHub }).find(({ program }) => program === "JupyterHub")?.href;

  expect(hrefOf(true)).toBe(
    "https://jupyter.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fhutch.example.org%2Fgit%2Fada%2Flysozyme",
  );
  expect(hrefOf(false)).toBe("https://jupyter.example.org/hub/user-redirect/lab");
});

const programsOf = (path: string, change: Partial<OpenFacts> = {}, isFolder = false) =>
  waysToOpenFile({ ...facts, ...change, path, isFolder }, undefined, []);

test("portal review 10: files open in the programs of the field", () => {
  const names = (path: string) => programsOf(path).map(({ program }) => program);
  expect(names("run/map.mrc")).toEqual(["napari", "ChimeraX", "IMOD (3dmod)"]);
  expect(names("model.cif")).toEqual(["ChimeraX"]);
  expect(names("notes.txt")).toEqual([]);
  expect(programsOf("a b/map[1].mrc")[2]?.lines[0]?.value).toBe(
    "hutch stage ada/lysozyme lysozyme --include '/a b/map\\[1\\].mrc' && 3dmod 'lysozyme/a b/map[1].mrc'",
  );
  expect(programsOf("-x.mrc", { isVisitor: true, isPublic: true })[2]?.lines[0]?.value).toBe(
    "curl -fL -o ./-x.mrc https://hutch.example.org/api/v1/datasets/0193/entries/-x.mrc && 3dmod ./-x.mrc",
  );
});

test("portal review 9: a public store of Zarr opens in Neuroglancer, by its address in S3", () => {
  const change = { isPublic: true, s3: "https://s3.example.org/" };
  const way = programsOf("run 1/image.zarr", change, true).find(({ program }) => program === "Neuroglancer");
  expect(way?.lines[0]?.value).toBe("zarr://https://s3.example.org/ada.lysozyme/run%201/image.zarr");
  const state = JSON.parse(decodeURIComponent(way?.href?.split("#!")[1] ?? ""));
  expect(state.layers[0]).toMatchObject({ source: way?.lines[0]?.value, name: "image.zarr" });
  expect(programsOf("image.zarr", {}, true).map(({ program }) => program)).toEqual(["napari"]);
  expect(storeOf("run/image.zarr/0/1/")).toBe("run/image.zarr");
  expect(storeOf("arrays/")).toBe("arrays");
});

const entry = (change: object) => ({ name: "Own", types: [], suffixes: [], command: null, address: null, ...change });

test("portal review 10: an operator's programs are shown where they fit, with their placeholders filled in", () => {
  const own = [
    entry({ name: "Typed", types: ["cryoem/session"], address: "https://c.example.org/?n={name}&v={version}" }),
    entry({ name: "Viewer", suffixes: [".MRC"], command: "viewer {slug}/{path} {other}" }),
    entry({ name: "napari", command: "napari-remote {file}" }),
  ] as never;
  const of = (path: string) => waysToOpenFile({ ...facts, path, isFolder: false }, undefined, own);
  expect(of("a b.mrc").map(({ program }) => program)).toEqual(["ChimeraX", "IMOD (3dmod)", "Viewer", "napari"]);
  expect(of("a b.mrc")[2]?.lines[0]?.value).toBe("viewer lysozyme/'a b.mrc' {other}");
  expect(of("a.txt").map(({ program }) => program)).toEqual(["napari"]);
  const usual = waysToOpen(facts);
  expect(withPrograms(usual, facts, "mx/scan", own)).toEqual(usual);
  expect(withPrograms(usual, { ...facts, at: "3" }, "cryoem/session", own).at(-1)).toEqual({
    program: "Typed",
    href: "https://c.example.org/?n=ada%2Flysozyme&v=3",
    lines: [],
  });
});

test("portal review 10: names of files cannot leave their place in a command or an address", () => {
  const own = [
    entry({ name: "Shell", command: "x {path}" }),
    entry({ name: "Web", address: "https://v.example.org/?url={path}" }),
    entry({ name: "Script", address: "javascript:alert('{path}')" }),
  ] as never;
  const path = "a'; rm -rf ~ #&b=1.dat";
  const ways = waysToOpenFile({ ...facts, path, isFolder: false }, undefined, own);
  expect(ways.map(({ program }) => program)).toEqual(["Shell", "Web"]);
  expect(ways[0]?.lines[0]?.value).toBe(`x 'a'\\''; rm -rf ~ #&b=1.dat'`);
  expect(new URL(ways[1]?.href ?? "").searchParams.get("url")).toBe(path);
});

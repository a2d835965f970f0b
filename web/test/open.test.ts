import { expect, test } from "vitest";
import { type OpenFacts, waysToOpen } from "../src/open/ways";

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

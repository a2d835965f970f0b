import { describe, expect, it } from "vitest";
import { type Choice, commandsFor, datasetChoice, fileChoice, publicationChoice } from "../src/search/choices";
import { asks, between, toggle } from "../src/search/line";
import { asTree } from "../src/search/tree";
import { filesOf } from "../src/shell/Keys";

describe("the line of a search", () => {
  it("takes a value with double quotes and gives it back", () => {
    const wafer = 'sample:"5"" wafer"';
    const line = toggle("type:mx lysozyme", wafer);

    expect(line).toBe('type:mx lysozyme sample:"5"" wafer"');
    expect(asks(line, wafer)).toBe(true);
    expect(toggle(line, wafer)).toBe("type:mx lysozyme");
  });

  it("replaces the limits of a number and leaves the rest", () => {
    const line = between('"a >= b" wavelength>=1Å', "wavelength", "", "2", "Å");

    expect(line).toBe('"a >= b" wavelength<=2Å');
  });
});

describe("the search that opens anywhere", () => {
  const commands: Choice[] = ["New dataset", "Home", "Audit log", "Switch to dark mode"].map((label) => ({
    key: label,
    label,
    hint: "Page",
  }));

  it("finds pages and commands by parts of their names", () => {
    expect(commandsFor(commands, "dark mo").map(({ label }) => label)).toEqual(["Switch to dark mode"]);
    expect(commandsFor(commands, "lysozyme")).toEqual([]);
  });

  it("says why a dataset was found, and leads to the files that have the word", () => {
    const dataset = { id: "1", name: "ada/a", title: "A title", type: "mx" };

    expect(datasetChoice({ ...dataset, match: { in: "metadata", text: "hen egg" } }, "Dataset").hint).toBe(
      "Metadata: hen egg",
    );
    expect(datasetChoice({ ...dataset, match: { in: "files", text: "gain" } }, "Dataset").to).toBe(
      "/datasets/1?name=gain&in=dataset",
    );
    expect(datasetChoice(dataset, "Recent").hint).toBe("A title");
  });

  it("leads to the public page of a publication whose dataset is hidden", () => {
    const publication = {
      page: "https://hutch/publications/1",
      title: "Lysozyme",
      authors: ["Lovelace, Ada", "B", "C", "D", "E"],
      published: "2026-11-01T00:00:00Z",
      access: "embargoed",
    };

    const choice = publicationChoice(publication);

    expect([choice.label, choice.href, choice.to]).toEqual(["Lysozyme", publication.page, undefined]);
    expect(choice.hint).toBe("Lovelace, Ada; B; C and 2 more");
  });

  it("looks among the files of the dataset on the page", () => {
    expect(fileChoice("/datasets/7/metadata", "a b")[0]?.to).toBe("/datasets/7?name=a+b&in=dataset");
    expect(fileChoice("/live", "a")).toEqual([]);
    expect(filesOf("/hutch/datasets/7/files/a/")).toBe("/datasets/7?find=");
  });
});

describe("the types of what was found", () => {
  const counts = [
    { value: "image-stack", datasets: 150 },
    { value: "mx", datasets: 150 },
    { value: "table", datasets: 20 },
    { value: "mx/rotation", datasets: 9 },
  ];
  const lineages = new Map([
    ["mx/rotation", ["mx/rotation", "mx", "image-stack", "generic"]],
    ["mx", ["mx", "image-stack", "generic"]],
    ["image-stack", ["image-stack", "generic"]],
    ["table", ["table", "generic"]],
  ]);
  const lines = (values: typeof counts) =>
    asTree(values, lineages).map(({ depth, label }) => `${"  ".repeat(depth)}${label}`);

  it("are a tree", () => {
    expect(lines(counts)).toEqual(["image-stack", "  mx", "    rotation", "table"]);
  });

  it("stay where the type above them is missing, and none is lost", () => {
    expect(lines(counts.filter(({ value }) => value !== "mx"))).toEqual(["image-stack", "  mx/rotation", "table"]);
    expect(asTree(counts, new Map()).map(({ one }) => one)).toEqual(counts);
  });
});

import { describe, expect, test } from "vitest";
import { doiOf } from "../src/dataset/doi";
import { endOfDay } from "../src/dataset/retention";
import { readPeople } from "../src/metadata/readPeople";

describe("the end of a day", () => {
  test("is its last second", () => {
    expect(endOfDay("2027-01-30")).toBe(new Date(2027, 0, 30, 23, 59, 59).toISOString());
  });

  test("is the limit itself on the last day that the facility allows, to the last digit", () => {
    const limit = `${new Date(2027, 0, 30, 8).toISOString().slice(0, -1)}4567Z`;
    expect(endOfDay("2027-01-30", limit)).toBe(limit);
    expect(endOfDay("2027-01-31", limit)).toBe(new Date(2027, 0, 31, 23, 59, 59).toISOString());
  });
});

describe("people", () => {
  test("nothing is nobody", () => {
    expect(readPeople({})).toEqual({ contacts: [], others: [] });
  });

  test("what a contact says stands there once, and empty keys not at all", () => {
    const keys = {
      User: { DisplayName: "Ada", Email: "ada@example.org", UserType: "internal", Phone: null, Groups: [1, 2] },
    };
    expect(
      readPeople({
        owner: "ada@example.org",
        contacts: [{ name: "Ada", email: "ada@example.org", affiliation: null }],
        keys,
      }),
    ).toEqual({
      contacts: [{ name: "Ada", email: "ada@example.org", affiliation: undefined }],
      others: [
        { key: "User.UserType", text: "internal" },
        { key: "User.Groups", text: "[1,2]" },
      ],
    });
  });
});

describe("the DOI of a citation", () => {
  test("is its address, once it works", () => {
    expect(doiOf('[{"id":"x","DOI":"10.5072/abc","URL":"https://doi.org/10.5072/abc"}]')).toBe(
      "https://doi.org/10.5072/abc",
    );
  });

  test("is none while the page is cited by its own address", () => {
    expect(doiOf('[{"id":"x","URL":"https://data.example.org/publications/x"}]')).toBeUndefined();
    expect(doiOf("[]")).toBeUndefined();
  });
});

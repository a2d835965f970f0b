import { expect, test } from "vitest";
import { choiceOf, choices, describeChoice, scopesOf, siteOf, waitingOf, warningOf } from "../src/session/consents";

// C1: what a person allows a site.
test("each choice is written and read as scopes, and anything else is the least", () => {
  for (const choice of choices) expect(choiceOf(scopesOf(choice))).toBe(choice);
  expect(choiceOf(["read", "write"])).toBe("read held");
  expect(choiceOf([])).toBe("read held");
});

test("a choice that reaches beyond the site warns, and no other does", () => {
  expect(choices.map((choice) => warningOf(choice) !== undefined)).toEqual([false, true, false, true]);
  expect(warningOf("read")).toBe("This site can then read everything that you can read, at every site.");
  expect(describeChoice("read held", "archive")).toBe("read your data that are at archive");
});

test("the page is of a site, or of the login of a site that waits", () => {
  expect([siteOf("?site=archive"), waitingOf("?site=archive")]).toEqual(["archive", undefined]);
  expect(siteOf("?client_id=0123&site=archive")).toBe("0123");
  expect([siteOf("?client_id=0123&state=x"), waitingOf("?client_id=0123&state=x")]).toEqual([
    "0123",
    "?client_id=0123&state=x",
  ]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { advices } from "../src/api/advice";
import { describeAction } from "../src/text/actions";
import { describeDetail } from "../src/text/details";

const server = "../src";

/** Codes of actions that the server writes into its audit log: those of its operations, and those beside them. */
function auditedActions(): Set<string> {
  const code = '"([a-z]+(?:-[a-z]+)*\\.[a-z]+(?:-[a-z]+)*)"';
  const found = new Set<string>();
  for (const path of readdirSync(server, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".cs") || /(^|\/)(bin|obj)\//.test(path)) continue;
    const text = readFileSync(join(server, path), "utf8");
    const parts = path.endsWith("/Operation.cs")
      ? [text]
      : [...text.matchAll(/(?:AddAudit|AuditNote)\([^;]{0,200}|(?:string [Aa]ction|string Action)\w* =[^;]*/g)].map(
          ([part]) => part,
        );
    for (const part of parts) for (const [, action = ""] of part.matchAll(new RegExp(code, "g"))) found.add(action);
  }
  return found;
}

test("every action of the audit log has words", () => {
  const actions = auditedActions();

  expect(actions.size).toBeGreaterThan(100);
  expect(
    ["copy.complete", "home.trash", "dataset.notice", "grant.change"].filter((each) => !actions.has(each)),
  ).toEqual([]);
  expect([...actions].filter((action) => describeAction(action) === action)).toEqual([]);
});

test("details name people, groups and sites without the signs of the log", () => {
  expect(describeDetail("copy.complete", "site:archive")).toBe("Site archive");
  expect(describeDetail("dataset.notice", "copies-complete to 1")).toBe("All copies complete, to 1 person");
  expect(describeDetail("grant.change", "read to group:crystals")).toBe("The group crystals can read the data");
});

test("no advice of the portal is a command", () => {
  const codes = readFileSync(join(server, "Hutch.Model/Errors/ErrorCode.cs"), "utf8");
  const commands = [...codes.matchAll(/"([a-z-]+)", \d{3}, [^;]*`hutch [^;]*;/g)].map(([, code = ""]) => code);

  expect(commands).toContain("unauthenticated");
  expect(commands.filter((code) => advices[code] === undefined || advices[code].includes("`"))).toEqual([]);
});

// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SpaceLines } from "../src/space/SpaceLines";
import { csvOf, freeLines, type Line } from "../src/space/space";

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

const line = (name: string, kind: string): Line => ({
  id: name,
  owner: "ada",
  name: `ada/${name}`,
  type: "generic",
  bytes: 100,
  kind,
  created: "2026-01-01T00:00:00Z",
  proofs: ["It is, say, in the trash."],
  ...(kind === "versions" ? { until: "2027-01-01T00:00:00Z" } : { command: "hutch evict" }),
});
const answers: Record<string, Response> = {};
const asked = vi.fn(async (request: Request) => {
  const { pathname } = new URL(request.url);
  return answers[pathname] ?? new Response("{}", { headers: { "Content-Type": "application/json" } });
});
const json = (body: unknown, status = 200, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });

let root: Root;
let place: HTMLElement;

beforeEach(() => {
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});

afterEach(() => {
  act(() => root.unmount());
  place.remove();
  asked.mockClear();
  vi.unstubAllGlobals();
});

test("each line is freed by its own request, and a refusal does not stop the others", async () => {
  answers["/api/v1/datasets/old/eviction"] = json({ state: "wanted", sites: [] });
  answers["/api/v1/datasets/made/eviction"] = json({ state: "evicted", sites: [] });
  answers["/api/v1/datasets/restored/purge"] = json(
    { code: "unprocessable", status: 422, detail: "Only datasets in the trash can be purged." },
    422,
    "application/problem+json",
  );
  const freed = await freeLines(
    [line("restored", "trash"), line("thrown", "trash"), line("old", "copies"), line("made", "reproduction")],
    "tidy",
  );
  expect(freed.map((one) => [one.line.id, one.bytes, one.isRefused])).toEqual([
    ["restored", 0, true],
    ["thrown", 100, false],
    ["old", 100, false],
    ["made", 100, false],
  ]);
  expect(freed[0]?.state).toContain("Only datasets in the trash");
  expect(freed[2]?.state).not.toBe(freed[3]?.state);
  const bodies = await Promise.all(asked.mock.calls.map(([request]) => request.clone().json()));
  expect(bodies).toEqual([
    { reason: "tidy", trash: true },
    { reason: "tidy", trash: true },
    { holders: 1, keep: false, reproducible: false },
    { holders: 1, keep: false, reproducible: true },
  ]);
});

test("lines that end by themselves cannot be selected, also not with all", async () => {
  const chosen = vi.fn();
  await act(async () =>
    root.render(
      <MantineProvider env="test">
        <MemoryRouter>
          <SpaceLines
            lines={[line("thrown", "trash"), line("replaced", "versions")]}
            selected={new Set()}
            onSelect={chosen}
          />
        </MemoryRouter>
      </MantineProvider>,
    ),
  );
  const boxes = [...place.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  expect(boxes.map((box) => box.getAttribute("aria-label"))).toEqual(["Select all", "Select ada/thrown"]);
  await act(async () => boxes[0]?.click());
  expect(chosen).toHaveBeenCalledWith(new Set(["thrown"]));
});

test("the CSV file has a row for each line, and quotes what needs it", () => {
  const rows = csvOf([line("thrown", "trash")]).split("\r\n");
  expect(rows[0]).toContain('"bytes","dataset","when"');
  expect(rows[1]).toContain(
    '"100","ada/thrown","after the next collection","hutch evict","It is, say, in the trash.","trash","ada","",',
  );
});

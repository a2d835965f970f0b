// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pauseAfter } from "../src/thumbnails/again";
import { Thumbnail } from "../src/thumbnails/Thumbnail";

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

let root: Root;
let place: HTMLElement;
let answer: Response;
const asked = vi.fn(async () => answer);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", asked);
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});

afterEach(() => {
  act(() => root.unmount());
  place.remove();
  asked.mockClear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const show = async (props: { path: string; isNewest?: boolean; changed?: number }) => {
  await act(async () =>
    root.render(
      <Thumbnail dataset="d" size={64} {...props}>
        sign
      </Thumbnail>,
    ),
  );
  await act(async () => vi.advanceTimersByTimeAsync(200));
};
const happens = async (what: "load" | "error") => {
  await act(async () => loading()?.dispatchEvent(new Event(what)));
  await act(async () => vi.advanceTimersByTimeAsync(0));
};
const pathOf = (image: Element | null) =>
  image && new URL(image.getAttribute("src") ?? "", "http://x").searchParams.get("path");
const loading = () => place.querySelector("img:not([data-shown])");
const shown = () => pathOf(place.querySelector("img[data-shown]"));

test("portal review 3a: the last picture stays until the next one has loaded", async () => {
  await show({ path: "a.mrc", isNewest: true });
  expect([shown(), place.textContent]).toEqual([null, "sign"]);
  await happens("load");
  await show({ path: "b.mrc", isNewest: true });
  expect([shown(), pathOf(loading()), place.textContent]).toEqual(["a.mrc", "b.mrc", ""]);
  await happens("load");
  expect([shown(), loading()]).toEqual(["b.mrc", null]);
});

test("the picture of another row of a list does not stay", async () => {
  await show({ path: "a.png" });
  await happens("load");
  await show({ path: "b.png" });
  expect([shown(), place.textContent]).toEqual([null, "sign"]);
});

test("portal review 3b: a refused picture is asked for again after the time in the answer", async () => {
  answer = new Response("", { status: 503, headers: { "Retry-After": "7" } });
  await show({ path: "a.mrc" });
  await happens("error");
  expect([loading(), asked.mock.calls.length]).toEqual([null, 1]);
  await act(async () => vi.advanceTimersByTimeAsync(6900));
  expect(loading()).toBeNull();
  await act(async () => vi.advanceTimersByTimeAsync(200));
  expect(pathOf(loading())).toBe("a.mrc");
  await happens("load");
  expect(shown()).toBe("a.mrc");
});

test("a file without a picture is asked for once, and again after it has changed", async () => {
  answer = new Response(null, { status: 204 });
  await show({ path: "a.mrc", changed: 1 });
  await happens("error");
  await act(async () => vi.advanceTimersByTimeAsync(3_600_000));
  expect([loading(), asked.mock.calls.length, place.textContent]).toEqual([null, 1, "sign"]);
  await show({ path: "a.mrc", changed: 2 });
  expect(pathOf(loading())).toBe("a.mrc");
});

test("a server that refuses for ever is not asked for ever", async () => {
  answer = new Response("", { status: 429 });
  await show({ path: "a.mrc" });
  for (let minute = 0; minute < 30; minute++) {
    await happens("error");
    await act(async () => vi.advanceTimersByTimeAsync(60_000));
  }
  expect(asked.mock.calls.length).toBeLessThan(10);
});

test("the time to wait is that of the answer, within bounds", () => {
  const of = (status: number, after?: string) =>
    pauseAfter(new Response(null, { status, headers: after ? { "Retry-After": after } : {} }));
  expect([of(503, "30"), of(503), of(429, "0"), of(202, "999999"), of(503, "Wed, 21 Oct 2015 07:28:00 GMT")]).toEqual([
    30_000, 10_000, 1000, 3_600_000, 10_000,
  ]);
  expect([of(200), of(204), of(403), of(404)]).toEqual([0, undefined, undefined, undefined]);
});

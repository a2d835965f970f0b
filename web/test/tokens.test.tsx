// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MadeToken } from "../src/tokens/MadeToken";
import { requestOf, type WantedToken } from "../src/tokens/request";

(globalThis as Record<string, unknown>).IS_REACT_ACT_ENVIRONMENT = true;

const plain: WantedToken = { name: "", scopes: ["read"], life: "", dataset: "", folder: "", kind: "token", sites: "" };
const key = "hutchkey_0123456789abcdef_fedcba9876543210_secret";

let root: Root;
let place: HTMLElement;

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
});

afterEach(() => {
  act(() => root.unmount());
  place.remove();
  vi.unstubAllGlobals();
});

const show = (made: Parameters<typeof MadeToken>[0]["made"]) =>
  act(() =>
    root.render(
      <MantineProvider>
        <MadeToken made={made} />
      </MantineProvider>,
    ),
  );
const fields = () => [...place.querySelectorAll("[role=textbox]")].map((field) => field.textContent);

test("a key of a folder is made by one request, without roles", () => {
  expect(
    requestOf({
      ...plain,
      kind: "key",
      scopes: ["read", "admin"],
      dataset: " ada/scan ",
      folder: "/raw/run 1/",
      life: "86400",
      sites: "archive, compute",
    }),
  ).toEqual({
    scopes: ["read"],
    dataset: "ada/scan",
    folder: "raw/run 1",
    narrowable: true,
    expiresIn: 86400,
    sites: ["archive", "compute"],
  });
});

test("a folder needs a dataset and a key, and a plain token no sites", () => {
  expect(requestOf({ ...plain, kind: "key", folder: "raw" }).folder).toBeUndefined();
  expect(requestOf({ ...plain, dataset: "scan", folder: "raw", sites: "archive" })).toEqual({
    scopes: ["read"],
    dataset: "scan",
  });
  expect(requestOf({ ...plain, kind: "s3" })).toEqual({ scopes: ["read"], s3: true });
});

test("a key is shown once with the commands that use it, which do not have it", () => {
  show({ id: "fedcba9876543210", token: key });
  expect(fields()[0]).toBe(key);
  expect(fields()[1]).toMatch(/^hutch login http/);
  expect(fields()[2]).toMatch(/^hutch token narrow /);
  expect(fields().slice(1).join(" ")).not.toContain("secret");
  expect([...place.querySelectorAll("[href]")]).toEqual([]);
  expect(location.href).not.toContain("hutchkey");
});

test("a token of another kind has no command to narrow it", () => {
  show({ id: "0123", token: "hutch_0123456789abcdef_fedcba9876543210_secret" });
  expect(fields().length).toBe(2);
});

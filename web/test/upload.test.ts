import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { normalisePath, pathProblem } from "../src/upload/chosen";
import { FileHasher, fromDigest, toDigest } from "../src/upload/hashing";
import { tarHeader, tarOf } from "../src/upload/tar";

test("a hash is SHA-256, whatever the size", async () => {
  const hasher = new FileHasher();
  for (const size of [0, 1, 4 * 1024 * 1024, 17 * 1024 * 1024 + 5]) {
    const bytes = Buffer.alloc(size, "hutch");
    expect(await hasher.hash(new Blob([bytes]))).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

test("digest headers round-trip", () => {
  const hex = createHash("sha256").update("hutch").digest("hex");
  expect(toDigest(hex)).toBe(`sha-256=:${createHash("sha256").update("hutch").digest("base64")}:`);
  expect(fromDigest(`md5=:AAAA:, ${toDigest(hex)}`)).toBe(hex);
  expect(fromDigest(null)).toBeUndefined();
});

test("a member's header has its name, size and checksum", () => {
  const header = tarHeader("ab".repeat(32), 1234);
  const text = Buffer.from(header).toString("latin1");
  expect(header.length).toBe(512);
  expect(text.startsWith(`blobs/${"ab".repeat(32)}\0`)).toBe(true);
  expect(text.slice(124, 136)).toBe("00000002322\0");
  const sum = Number.parseInt(text.slice(148, 154), 8);
  expect(header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)).toBe(sum);
});

test("a tar stream is padded to blocks and has an end", async () => {
  const tar = tarOf([
    { hash: "00".repeat(32), file: new Blob(["abc"]) },
    { hash: "11".repeat(32), file: new Blob([]) },
  ]);
  expect(tar.size).toBe(512 * 3 + 1024);
});

test("paths are normalised to NFC and checked for length", () => {
  expect(normalisePath("e\u0301.txt")).toBe("é.txt");
  expect(pathProblem("a".repeat(1024))).toBeUndefined();
  expect(pathProblem("é".repeat(513))).toMatch(/1024/);
});

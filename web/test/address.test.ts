import { describe, expect, test } from "vitest";
import { WrittenAddresses } from "../src/components/useAddressState";

describe("addresses that a page writes", () => {
  test("what it wrote is its own, also when it has written the next one before it sees the first", () => {
    const written = new WrittenAddresses("");
    written.write("frame=3");
    written.write("frame=4");
    expect(written.isForeign("frame=3")).toBe(false);
    expect(written.isForeign("frame=4")).toBe(false);
  });

  test("one that was passed over and comes later came by other hands", () => {
    const written = new WrittenAddresses("");
    written.write("frame=3");
    written.write("frame=4");
    expect(written.isForeign("frame=4")).toBe(false);
    expect(written.isForeign("frame=3")).toBe(true);
  });

  test("Back to one that it wrote before came by other hands", () => {
    const written = new WrittenAddresses("frame=1");
    written.write("frame=2");
    expect(written.isForeign("frame=2")).toBe(false);
    expect(written.isForeign("frame=1")).toBe(true);
  });

  test("writing the address that it has does not make a later one its own", () => {
    const written = new WrittenAddresses("frame=1");
    written.write("frame=1");
    expect(written.isForeign("frame=2")).toBe(true);
    expect(written.isForeign("frame=1")).toBe(true);
  });
});

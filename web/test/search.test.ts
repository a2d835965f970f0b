import { describe, expect, it } from "vitest";
import { asks, between, toggle } from "../src/search/line";

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

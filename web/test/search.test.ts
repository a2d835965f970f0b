import fc from "fast-check";
import { expect, test } from "vitest";
import { asks, between, toggle } from "../src/search/line";

test("a condition is added, found and taken away", () => {
  const added = toggle("lysozyme", 'sample:"hen lysozyme"');
  expect(added).toBe('lysozyme sample:"hen lysozyme"');
  expect(asks(added, 'sample:"hen lysozyme"')).toBe(true);
  expect(asks(added, "sample:hen")).toBe(false);
  expect(toggle(added, 'sample:"hen lysozyme"')).toBe("lysozyme");
});

test("what is toggled twice is as it was, apart from blanks", () => {
  const word = fc.constantFrom("lyso", "type:mx", 'sample:"a b"', "energy>=1keV", '"a b"');
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 5 }), word, (words, condition) => {
      const line = words.filter((one) => one !== condition).join(" ");
      expect(toggle(toggle(line, condition), condition)).toBe(line);
    }),
  );
});

test("a range takes the place of the one before", () => {
  const first = between("lyso", "wavelength", "0.9", "1.2", "Å");
  expect(first).toBe("lyso wavelength>=0.9Å wavelength<=1.2Å");
  expect(between(first, "wavelength", "", "1", "Å")).toBe("lyso wavelength<=1Å");
  expect(between(first, "wavelength", "", "", "Å")).toBe("lyso");
});

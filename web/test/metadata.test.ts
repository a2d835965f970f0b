import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  changesBetween,
  formatted,
  hasRoom,
  leaves,
  merged,
  mistakeIn,
  valueAt,
  withValue,
} from "../src/metadata/document";
import { readable } from "../src/metadata/readable";
import { type Attribute, fitsField, rangeOf, shown, toJson, toTyped } from "../src/metadata/values";

const voltage: Attribute = {
  name: "voltage",
  title: "Voltage",
  kind: "number",
  unit: "kV",
  units: ["V", "kV"],
  required: false,
};
const sizes: Attribute = { name: "sizes", title: "Sizes", kind: "list", items: "number", unit: "µm", required: false };
const sample: Attribute = { name: "sample", title: "Sample", kind: "text", required: false };

describe("a document", () => {
  test("keeps everything else as it was written, every digit and the order of the keys", () => {
    const text = '{"big": 12345678901234567890, "exact": 0.830, "b": {"1": 1}, "a": "x"}';

    expect(withValue(text, ["a"], '"y"')).toBe(
      '{"big": 12345678901234567890, "exact": 0.830, "b": {"1": 1}, "a": "y"}',
    );
    expect(JSON.parse(withValue(text, ["grid", "rows"], "5"))).toMatchObject({ a: "x", grid: { rows: 5 } });
    expect(withValue(text, ["grid", "rows"], "5")).toContain("12345678901234567890");
    expect(formatted(text)).toContain('"exact": 0.830');
  });

  test("is shown with its letters, and what nobody would see stays as it was written", () => {
    expect(formatted('{"a": "\\u00c5", "b": "\\u202e\\"", "c": "\\\\u00c5"}')).toBe(
      '{\n  "a": "Å",\n  "b": "\\u202e\\"",\n  "c": "\\\\u00c5"\n}',
    );
  });

  test("loses a value that is taken out, and only that", () => {
    expect(JSON.parse(withValue('{"a": 1, "b": 2}', ["a"], undefined))).toEqual({ b: 2 });
    expect(withValue('{"a": 1}', ["b", "c"], undefined)).toBe('{"a": 1}');
  });

  test("has no room below what is no section", () => {
    expect(hasRoom('{"grid": "5x5"}', ["grid", "rows"])).toBe(false);
    expect(hasRoom('{"grid": {}}', ["grid", "rows"])).toBe(true);
    expect(hasRoom("{}", ["grid", "rows"])).toBe(true);
  });

  test.each([["[1]"], ["1"], ["{"], [""], ["null"], ["{} {}"]])("is no %s", (text) => {
    expect(mistakeIn(text)).toBeDefined();
  });

  test("has any value that was put into it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
        fc.jsonValue(),
        (document, path, value) => {
          const text = JSON.stringify(document);
          fc.pre(hasRoom(text, path));
          const written = withValue(text, path, JSON.stringify(value));
          expect(mistakeIn(written)).toBeUndefined();
          expect(JSON.parse(valueAt(written, path) ?? "")).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });
});

describe("what differs between two documents", () => {
  test("is told value by value; lists and numbers with units are one", () => {
    expect(
      changesBetween(
        '{"a": 1, "s": {"x": [1, 2]}, "v": {"value": 1, "unit": "kV"}}',
        '{"a": 1.0, "s": {"x": [1]}, "v": {"value": 1, "unit": "V"}}',
      ),
    ).toEqual([
      { path: ["a"], before: "1", after: "1.0" },
      { path: ["s", "x"], before: "[1, 2]", after: "[1]" },
      { path: ["v"], before: '{"value": 1, "unit": "kV"}', after: '{"value": 1, "unit": "V"}' },
    ]);
  });

  test("is not how it is laid out", () => {
    expect(changesBetween('{"a":[1,2],"b":"\\u0041"}', '{\n "a": [ 1, 2 ],\n "b": "A"}')).toEqual([]);
  });

  test("is what makes the one of the other", () => {
    const documents = fc.dictionary(fc.constantFrom("a", "b", "c.d"), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const [old, now] = [JSON.stringify(before), JSON.stringify(after)];
        const together = merged(old, now, old);
        expect(together && leaves(together.text).filter(({ json }) => json !== "{}")).toEqual(
          together && expect.arrayContaining(leaves(now).filter(({ json }) => json !== "{}")),
        );
        expect(together?.both ?? []).toEqual([]);
      }),
    );
  });
});

describe("two who edit the same document", () => {
  test("lose nothing where they changed different values", () => {
    const together = merged('{"a": 1, "b": 1}', '{"a": 2, "b": 1, "new": "mine"}', '{"a": 1, "b": 3}');

    expect(JSON.parse(together?.text ?? "")).toEqual({ a: 2, b: 3, new: "mine" });
    expect(together?.both).toEqual([]);
  });

  test("are told where both changed the same value", () => {
    const together = merged('{"a": 1}', '{"a": 2}', '{"a": 3}');

    expect(JSON.parse(together?.text ?? "")).toEqual({ a: 2 });
    expect(together?.both).toEqual([{ path: ["a"], mine: "2", theirs: "3" }]);
  });

  test("are not put together where one has a value in the place of the section of the other", () => {
    expect(merged('{"grid": {"rows": 1}}', '{"grid": {"rows": 2}}', '{"grid": "5x5"}')).toBeUndefined();
  });
});

describe("the fields of a value", () => {
  test.each([
    ["300", ["300"], "kV"],
    ['"300 V"', ["300"], "V"],
    ['"5 furlong"', ["5"], "furlong"],
    ['{"value": 300, "unit": "MV"}', ["300"], "MV"],
    ['"about 3"', ["about 3"], "kV"],
    ["null", [], "kV"],
    [undefined, [], "kV"],
  ])("of %s are a number and its unit", (json, items, unit) => {
    expect(toTyped(voltage, json)).toEqual({ items, unit });
  });

  test.each([
    ["300", "kV", undefined, "300"],
    ["300", "V", undefined, '"300 V"'],
    ["3.", "kV", undefined, '"3."'],
    ["5 furlong", "kV", undefined, '"5 furlong"'],
    ["many", "V", undefined, '"many V"'],
    ["0.830", "V", '{"value": 1, "unit": "kV"}', '{"value": 0.830, "unit": "V"}'],
    [" ", "kV", "300", undefined],
  ])("%s %s are written so that nothing typed is lost", (item, unit, before, json) => {
    expect(toJson(voltage, { items: [item], unit }, before)).toBe(json);
  });

  test("of a list are one after the other, with one unit", () => {
    expect(toTyped(sizes, '{"value": [75, 75], "unit": "nm"}')).toEqual({ items: ["75", "75"], unit: "nm" });
    expect(toJson(sizes, { items: ["75", "0.08 mm"], unit: "µm" }, undefined)).toBe('[75, "0.08 mm"]');
    expect(toJson(sizes, { items: ["75"], unit: "nm" }, undefined)).toBe('{"value": [75], "unit": "nm"}');
  });

  test("show no value of which they would lose a part", () => {
    expect(fitsField(sample, '{"name": "x"}')).toBe(false);
    expect(fitsField(voltage, '{"value": 1, "unit": "kV", "error": 2}')).toBe(false);
    expect(fitsField(sizes, "[[1], [2]]")).toBe(false);
    expect(fitsField(voltage, '{"value": 1, "unit": "kV"}')).toBe(true);
  });

  test("say again what was written, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(voltage, sizes, sample),
        fc.string({ minLength: 1 }),
        fc.constantFrom("V", "kV", "furlong", undefined),
        (attribute, item, unit) => {
          const json = toJson(attribute, { items: [item], unit }, undefined);
          if (json === undefined) expect(item.trim()).toBe("");
          else expect(shown(json)).toContain(item.trim());
        },
      ),
    );
  });

  test("have a range in words", () => {
    expect(rangeOf({ ...voltage, min: 0, max: 3000 })).toBe("0 to 3000 kV");
    expect(rangeOf({ ...voltage, min: 0 })).toBe("at least 0 kV");
    expect(rangeOf(voltage)).toBeUndefined();
  });
});

test("values have the digits that people read, and sizes are products", () => {
  expect(readable("image_size", "1028, 1062", "pixel")).toBe("1028 × 1062 pixels");
  expect(readable("pixel_size", "75, 75", "µm")).toBe("75 × 75 µm");
  expect(readable("defocus", "1, 2.5", "µm")).toBe("1, 2.5 µm");
  expect(readable("energy", "12699.3955", "eV")).toBe("12699.4 eV");
  expect(readable("images", "1234567", undefined)).toBe("1234567");
  expect(readable("sample", "lysozyme, 2", undefined)).toBe("lysozyme, 2");
});

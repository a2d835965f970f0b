// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isMap, readMap, turned } from "../src/molecules/map";
import type { ZarrFile } from "../src/volumes/values/zarr";

const shape = [2, 3, 4];
const layout = { shape, chunks: shape, type: "<f4" };
const values = Float32Array.from({ length: 24 }, (_, at) => at);
const file = (attributes: Record<string, unknown>) =>
  ({
    arrays: async () => [{ path: "", layout, attributes }],
    part: async () => layout,
    chunk: async () => values.slice().buffer,
  }) as unknown as ZarrFile;
const read = (attributes: Record<string, unknown>) => readMap(file(attributes), new AbortController().signal);

test("portal review 8: a map lies where its file says, with z as the fastest axis", async () => {
  const map = await read({ axes: ["z", "y", "x"], voxel_size_angstrom: [3, 2, 1], origin_angstrom: [-30, 20, 10] });
  expect([map.size, map.unit, map.origin]).toEqual([
    [4, 3, 2],
    [1, 2, 3],
    [10, 20, -30],
  ]);
  // The value at x = 3, y = 1, z = 1 is that of section 1, row 1, column 3.
  expect(map.data[(3 * 3 + 1) * 2 + 1]).toBe(1 * 12 + 1 * 4 + 3);
  expect([map.mean, map.sigma]).toEqual([11.5, Math.sqrt((24 * 24 - 1) / 12)]);
  expect([...turned([1, 2, 3, 4], [2, 2, 1])]).toEqual([1, 3, 2, 4]);
});

test("a map that does not say where it is, is not drawn with a structure", async () => {
  const voxel_size_angstrom = [1, 1, 1];
  for (const attributes of [
    { axes: ["z", "y", "x"] },
    { axes: ["x", "y", "z"], voxel_size_angstrom },
    { voxel_size_angstrom },
    { axes: ["z", "y", "x"], voxel_size: [1, 1, 1], voxel_size_unit: "mm" },
  ])
    await expect(read(attributes)).rejects.toThrow("not drawn");
  expect(["a/emd_1.map", "b.mrc.gz", "model.pdb", "c.tif"].map(isMap)).toEqual([true, true, false, false]);
});

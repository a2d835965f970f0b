import { describe, expect, test } from "vitest";
import { chooseFile, foundInArray, foundInNexus, foundInTable } from "../src/metadata/found";

const array = (shape: number[], attributes: Record<string, unknown> = {}) => ({
  path: "",
  layout: { shape, chunks: shape, type: "<f4" },
  attributes,
});

describe("what a file says of its dataset", () => {
  test("the kind of which there are most stands for all, whatever else lies about", () => {
    expect(chooseFile(["b.mrc", "a.mrc", "notes.csv", "readme.md"])).toEqual({ file: "a.mrc", kind: "array" });
    expect(chooseFile(["1.csv", "scan.nii.gz", "2.tsv"])).toEqual({ file: "1.csv", kind: "table" });
    expect(chooseFile(["readme.md", "archive.tar.gz"])).toBeUndefined();
  });
  test("a thick array is a volume, with the size of its voxels in the file's own unit", () => {
    expect(foundInArray("a.nii", array([40, 64, 64], { voxel_size: [2, 1, 1], voxel_size_unit: "mm" }))).toEqual({
      file: "a.nii",
      type: "volume",
      values: { size: "[64,64,40]", voxel_size: '{"value":[1,1,2],"unit":"mm"}' },
    });
    expect(foundInArray("a.npy", array([40, 64, 64]))?.values).toEqual({ size: "[64,64,40]" });
  });
  test("a flat one of MRC comes from a microscope, others are images one after the other", () => {
    expect(
      foundInArray("m.mrc", array([8, 4096, 4096], { space_group: 0, voxel_size_angstrom: [1, 0.8, 0.8] })),
    ).toEqual({ file: "m.mrc", type: "cryoem", values: { pixel_size: '{"value":0.8,"unit":"Å"}' } });
    expect(foundInArray("s.tif", array([5, 200, 300]))?.type).toBe("image-stack");
    expect(foundInArray("s.tif", array([5, 200, 300]))?.values).toEqual({ images: "5", image_size: "[300,200]" });
    expect(foundInArray("list.npy", array([9]))).toBeUndefined();
  });
  test("a NeXus file is what its definition says; values without number or unit are left out", () => {
    const beam = { wavelength: { value: [0.97], unit: "angstrom" }, distance: { value: "far", unit: "m" } };
    expect(foundInNexus("m.h5", "NXmx", beam)).toEqual({
      file: "m.h5",
      type: "mx",
      values: { wavelength: '{"value":0.97,"unit":"Å"}' },
    });
    expect(foundInNexus("m.h5", "NXtomo", { wavelength: undefined, distance: undefined })?.type).toBe(
      "tomography/scan",
    );
    expect(foundInNexus("m.h5", "NXspe", beam)).toBeUndefined();
  });
  test("a table has the columns of its first line, if these are names", () => {
    expect(foundInTable("a.csv", "time, flux\n1,2\n").values).toEqual({ columns: '["time","flux"]' });
    expect(foundInTable("a.tsv", "a b\tc\n").values).toEqual({ columns: '["a b","c"]' });
    for (const start of ["1,2\n3,4\n", 'a,"b,c"\n', "endless", "", "a,,b\n"])
      expect(foundInTable("a.csv", start).values).toEqual({});
  });
});

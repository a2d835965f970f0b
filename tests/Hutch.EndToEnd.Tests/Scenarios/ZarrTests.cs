using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Arrays in files, as zarr opens them through fsspec, both as they come.</summary>
public sealed class ZarrTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Zarr_and_fsspec_read_arrays_of_files_of_every_format()
    {
        using Account person = await shared.NewAccountAsync(Ct);

        CommandResult done = (await person.RunShellAsync(
            $$"""
            cat >make.py <<'PROGRAM'
            import h5py, mrcfile, numpy, numcodecs, os
            os.makedirs("data/raw")
            cube = numpy.arange(7 * 50 * 30).reshape(7, 50, 30)
            with h5py.File("data/raw/a.h5", "w") as f:
                f.attrs["title"] = "a scan"
                g = f.create_group("entry")
                g.attrs["NX_class"] = "NXentry"
                g.create_dataset("plain", data=cube.astype("<u2"))
                g.create_dataset("chunked", data=cube.astype(">i4"), chunks=(2, 20, 30), fillvalue=5)
                g.create_dataset("gzip", data=cube.astype("<f4"), chunks=(2, 20, 30), compression="gzip", fillvalue=numpy.nan)
                g.create_dataset("shuffled", data=cube.astype("<u8"), chunks=(3, 50, 7), compression="gzip", shuffle=True)
                g.create_dataset("checked", data=cube.astype("<i2"), chunks=(1, 50, 30), compression="gzip", fletcher32=True)
                sparse = g.create_dataset("sparse", (1000, 1000), "<f8", chunks=(100, 100), compression="gzip", fillvalue=-1)
                sparse[250] = 3
                g["complex"] = cube * (1 + 2j)
                g["flags"] = cube % 2 == 0
                g["names"] = numpy.array([b"ab", b"cde"])
                g["scalar"] = 2.5
                g["text"] = "left out"
                g["plain"].attrs["units"] = "counts"
                # Stored by hand, as this h5py has no such filters.
                space, kind = h5py.h5s.create_simple((4, 1000)), h5py.h5t.NATIVE_INT32
                numbers = numpy.arange(4000, dtype="i4").reshape(4, 1000)
                for name, number, values, codec in (
                    ("zstd", 32015, (3,), numcodecs.Zstd(3)), ("blosc", 32001, (2, 2, 4, 8000, 5, 1, 1), numcodecs.Blosc("lz4", 5, 1))):
                    create = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
                    create.set_chunk((2, 1000))
                    create.set_filter(number, h5py.h5z.FLAG_OPTIONAL, values)
                    made = h5py.h5d.create(g.id, name.encode(), kind, space, create)
                    for i in range(0, 4, 2):
                        made.write_direct_chunk((i, 0), codec.encode(numbers[i:i + 2]))
            with h5py.File("data/m.h5", "w") as f:
                f["near"] = h5py.ExternalLink("raw/a.h5", "/entry/plain")
            numpy.save("data/c.npy", cube.astype("<f4"))
            numpy.save("data/f.npy", numpy.asfortranarray(cube.astype(">i2")))
            numpy.save("data/big.npy", numpy.arange(3_000_000, dtype="u8").reshape(300, 10_000))
            numpy.save("data/point.npy", numpy.array(7))
            for name, pixels in ("movie", cube.astype("i2")), ("map", cube.astype("f4")), ("counts", cube.astype("u2")), ("volumes", cube.reshape(7, 5, 10, 30).astype("i2")):
                with mrcfile.new(f"data/{name}.mrc") as f:
                    f.set_data(pixels)
                    f.set_extended_header(numpy.frombuffer(bytes(1024), "V1024"))
                    f.is_image_stack() or name in ("map", "volumes") or f.set_image_stack()
                    f.voxel_size = 1.5
            PROGRAM
            /usr/bin/python3 make.py
            (cd data && hutch init && hutch push)
            cat >read.py <<'PROGRAM'
            import sys, fsspec, h5py, mrcfile, numpy, zarr
            root = sys.argv[1]
            def mapper(path): return fsspec.get_mapper(f"{root}/{path}", headers={"Authorization": "Bearer {{person.Token}}"})
            there = zarr.open_consolidated(mapper("raw/a.h5"))
            group = zarr.open(mapper("raw/a.h5"), mode="r")
            print(sorted(there["entry"].array_keys()), there.attrs["title"], group["entry"].attrs["NX_class"], there["entry/plain"].attrs["units"])
            with h5py.File("data/raw/a.h5") as f:
                for name in there["entry"].array_keys():
                    a = there["entry"][name]
                    here = numpy.arange(4000, dtype="i4").reshape(4, 1000) if name in ("blosc", "zstd") else f["entry"][name][()]
                    assert a.dtype == here.dtype and a.shape == here.shape, name
                    assert (a[()] == here).all(), name
                    print(name, a.chunks, a.compressor and a.compressor.codec_id, [c.codec_id for c in a.filters or []])
                assert (group["entry/gzip"][3:5, 15:25, 2] == f["entry/gzip"][3:5, 15:25, 2]).all()
            for name in ("c", "f", "big", "point"):
                here, a = numpy.load(f"data/{name}.npy"), zarr.open(mapper(f"{name}.npy"), mode="r")
                assert a.dtype == here.dtype and a.shape == here.shape and (a[()] == here).all(), name
            for name in ("movie", "map", "counts", "volumes"):
                a = zarr.open(mapper(f"{name}.mrc"), mode="r")
                with mrcfile.open(f"data/{name}.mrc") as f:
                    assert a.dtype == f.data.dtype and a.shape == f.data.shape and (a[()] == f.data).all(), name
                print(name, a.chunks, a.attrs["voxel_size_angstrom"], a.attrs["labels"][0][:20])
            assert zarr.open(mapper("m.h5"), mode="r")["near"].shape == (7, 50, 30)
            print("all equal")
            PROGRAM
            url={{person.Server.Address}}api/v1/datasets/$(hutch info data --json | jq -r .id)
            /usr/bin/python3 read.py $url/zarr
            /usr/bin/python3 read.py $url/snapshots/1/zarr | tail -1
            hutch simulate dataset sim --detector small --images 5
            hutch ingest sim_master.h5 one
            hutch close one
            cat >series.py <<'PROGRAM'
            import sys, fsspec, h5py, zarr
            import bitshuffle.h5 # the filter
            store = fsspec.get_mapper(sys.argv[1], headers={"Authorization": "Bearer {{person.Token}}"})
            frames, mask = (zarr.open(store, mode="r")[path] for path in ("entry/data/data", "entry/instrument/detector/pixel_mask"))
            with h5py.File("sim_master.h5") as master:
                for i, frame in enumerate(master["entry/data/data_000001"][()]):
                    assert (frames[i] == frame).all(), i
                assert (mask[()] == master["entry/instrument/detector/pixel_mask"][()]).all()
            print("series", frames.shape, frames.chunks)
            PROGRAM
            /usr/bin/python3 series.py {{person.Server.Address}}api/v1/datasets/$(hutch info one --json | jq -r .id)/zarr/.hutch/virtual/one.nxs
            """,
            Ct)).AssertDone();

        Assert.Contains(
            "['blosc', 'checked', 'chunked', 'complex', 'flags', 'gzip', 'names', 'plain', 'scalar', 'shuffled', 'sparse', 'zstd'] "
            + "a scan NXentry counts\n",
            done.Output,
            StringComparison.Ordinal);
        Assert.Contains("gzip (2, 20, 30) zlib []\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("shuffled (3, 50, 7) zlib ['shuffle']\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("checked (1, 50, 30) None []\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("blosc (2, 1000) blosc []\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("movie (1, 50, 30) [1.5, 1.5, 1.5] Created by mrcfile.p", done.Output, StringComparison.Ordinal);
        Assert.Contains("volumes (1, 1, 10, 30) [1.5, 1.5, 1.5]", done.Output, StringComparison.Ordinal);
        Assert.Contains("all equal\nall equal\n", done.Output, StringComparison.Ordinal);
        Assert.EndsWith("series (5, 516, 500) (1, 516, 500)\n", done.Output, StringComparison.Ordinal);
    }
}

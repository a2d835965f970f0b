using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>From a dataset back to a file, for the programs that people have.</summary>
public sealed class ExportTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task H5py_reads_the_same_pixels_and_the_chunks_are_those_of_the_detector()
    {
        using Account operators = await shared.NewAccountAsync(Ct);

        CommandResult done = (await operators.RunShellAsync(
            """
            hutch simulate dataset sim --detector tiny --images 5
            hutch ingest sim_master.h5 one
            hutch export one one.nxs
            cat >compare.py <<'PROGRAM'
            import h5py, numpy
            import bitshuffle.h5 # the filter
            master, export = h5py.File("sim_master.h5"), h5py.File("one.nxs")
            names = sorted(name for name in master["entry/data"] if name.startswith("data_"))
            expected = numpy.concatenate([master["entry/data"][name][()] for name in names])
            data = export["entry/data"][export["entry/data"].attrs["signal"]]
            print("pixels", (data[()] == expected).all(), data.shape, data.dtype)
            first = master["entry/data"][names[0]]
            print("chunk", data.id.read_direct_chunk((0, 0, 0)) == first.id.read_direct_chunk((0, 0, 0)))
            detector = "entry/instrument/detector"
            print("mask", (export[detector]["pixel_mask"][()] == master[detector]["pixel_mask"][()]).all())
            print("omega", (export["entry/sample/transformations/omega"][()] == master["entry/sample/transformations/omega"][()]).all())
            print("class", export["entry"].attrs["NX_class"] in ("NXentry", b"NXentry"), export["entry/definition"][()] == b"NXmx")
            PROGRAM
            /usr/bin/python3 compare.py

            # And back.
            hutch ingest one.nxs again
            hutch clone one a; hutch clone again b
            for frame in 000001 000002 000003 000004 000005; do cmp a/$frame b/$frame; done
            hutch export one one.nxs 2>&1 || echo "exit $?"
            hutch init --name empty folder
            hutch export empty empty.nxs 2>&1 || echo "exit $?"
            ls
            """,
            Ct)).AssertDone();

        Assert.Contains("pixels True (5, 256, 256) uint16", done.Output, StringComparison.Ordinal);
        Assert.Contains("chunk True", done.Output, StringComparison.Ordinal);
        Assert.Contains("mask True", done.Output, StringComparison.Ordinal);
        Assert.Contains("omega True", done.Output, StringComparison.Ordinal);
        Assert.Contains("class True True", done.Output, StringComparison.Ordinal);
        Assert.Contains("is there already.", done.Output, StringComparison.Ordinal);
        Assert.Contains($"{operators.Name}/empty has no frames.", done.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(".part", done.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("empty.nxs\n", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_that_HDF5_has_no_filter_for_is_packed_anew_in_the_export_and_refused_in_the_virtual_file()
    {
        using Account operators = await shared.NewAccountAsync(Ct);

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            hutch simulate dataset sim --detector tiny --images 2
            hutch ingest sim_master.h5 one
            entries={{operators.Server.Address}}api/v1/datasets/$(hutch info one --json | jq -r .id)/entries
            # All pixels 0: each is one byte, the difference from the pixel before it.
            head -c $((256 * 256)) /dev/zero |
                curl -sSf -H 'Authorization: Bearer {{operators.Token}}' -H 'X-Hutch-Meta-hutch-codec: byte-offset' -T - $entries/000003
            hutch export one one.nxs 2>&1
            /usr/bin/python3 - <<'PROGRAM'
            import h5py
            import bitshuffle.h5 # the filter
            data = h5py.File("one.nxs")["entry/data/data"]
            print("pixels", data.shape, data[1].any(), data[2].any())
            PROGRAM
            hutch close one
            curl -sS -H 'Authorization: Bearer {{operators.Token}}' $entries/.hutch/virtual/one.nxs | jq -r '.detail, .advice'
            """,
            Ct)).AssertDone();

        Assert.Contains("1 frame was packed anew", done.Output, StringComparison.Ordinal);
        Assert.Contains("pixels (3, 256, 256) True False", done.Output, StringComparison.Ordinal);
        Assert.Contains("Frame 000003 is stored as byte-offset, in which HDF5 cannot read it", done.Output, StringComparison.Ordinal);
        Assert.Contains("`hutch export` packs such frames anew.", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dials_imports_what_came_from_files_and_from_a_stream_as_it_imports_the_master()
    {
        using Account operators = await shared.NewAccountAsync(Ct);
        int port = LoopbackPort.FindFree();

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch simulate dataset sim --detector small --images 5
            hutch ingest sim_master.h5 file
            hutch export file file.nxs
            hutch capture --direct tcp://127.0.0.1:{{port}} --dataset '{dcid}' >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{port}} --size 256k --frames 5 --user-data '{"dcid": 4711}'
            hutch simulate detector --at tcp://127.0.0.1:{{port}} --from sim_master.h5 --frames 5 --user-data '{"dcid": 4712}'
            until [ "$(wc -l <captured)" -ge 2 ]; do sleep 0.1; done
            hutch export 4711 stream.nxs
            hutch export 4712 replayed.nxs
            # The same series, made into a file when it is read.
            hutch close file
            id=$(hutch info file --json | jq -r .id)
            curl -sSf -H 'Authorization: Bearer {{operators.Token}}' {{operators.Server.Address}}api/v1/datasets/$id/entries/.hutch/virtual/file.nxs >virtual.nxs
            dials.import stream.nxs output.experiments=stream.expt output.log=stream.log >imported 2>&1 || { cat imported; exit 97; }
            cat >models.py <<'PROGRAM'
            import sys
            from dxtbx.model.experiment_list import ExperimentListFactory

            # Of each file what dials.import makes of it; of the last one, what it made.
            def shown(file):
                make = ExperimentListFactory.from_json_file if file.endswith(".expt") else lambda name: ExperimentListFactory.from_filenames([name])
                one, = make(file)
                models = [one.beam, one.detector, one.goniometer, one.scan, one.imageset.get_format_class().__name__]
                lines = "\n".join(str(model) for model in models).splitlines()
                return [line for line in lines if "identifier" not in line and "template" not in line]

            expected = shown(sys.argv[1])
            for file in sys.argv[2:]:
                assert shown(file) == expected, (file, shown(file), expected)
            print("\n".join(expected))
            PROGRAM
            /usr/bin/python3 models.py sim_master.h5 file.nxs virtual.nxs stream.nxs replayed.nxs stream.expt
            """,
            Ct)).AssertDone();

        Assert.Contains("number of images:   5\n", done.Output, StringComparison.Ordinal);
    }
}

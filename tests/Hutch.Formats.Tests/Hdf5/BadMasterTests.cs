using Hutch.Detectors.Sources;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Hdf5;

public sealed class BadMasterTests
{
    [Fact]
    public async Task A_file_that_is_not_there_is_not_found() =>
        Assert.Equal("The file /nowhere/x_master.h5 does not exist.", await Series.RefusalAsync("/nowhere/x_master.h5"));

    [Fact]
    public async Task A_file_that_is_not_hdf5_is_refused()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["x_master.h5"], "I am a poem.", TestContext.Current.CancellationToken);

        Assert.Equal("x_master.h5 is not an HDF5 file.", await Series.RefusalAsync(folder["x_master.h5"]));
    }

    [Fact]
    public async Task An_hdf5_file_of_something_else_is_refused()
    {
        using var folder = new TemporaryFolder();
        lock (Hdf5Library.Gate)
        {
            using var file = new Hdf5Writer(folder["x.h5"]);
            file.Value("/weather/rain", "yes");
            file.Value("/sun", "no");
        }

        Assert.Equal("x.h5 has no group /entry.", await Series.RefusalAsync(folder["x.h5"]));
    }

    [Fact]
    public async Task A_master_without_images_is_refused()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteMaster(folder["x_master.h5"], 0, []);

        Assert.Equal(
            "x_master.h5 has neither /entry/data/data_000001 nor /entry/data/data: it contains no images.",
            await Series.RefusalAsync(folder["x_master.h5"]));
    }

    /// <summary>formats 150: the same four axes without such modules are channels.</summary>
    [Fact]
    public async Task Modules_of_a_detector_that_are_apart_are_no_channels()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            for name, count in ('modules', 2), ('channels', 0):
                with h5py.File(name + '_master.h5', 'w') as f:
                    f.create_dataset('entry/data/data', data=np.zeros((3, 2, 4, 6), 'u2'), chunks=(1, 1, 4, 6))
                    f['entry/instrument/detector/description'] = 'x'
                    for i in range(count):
                        module = f.create_group(f'entry/instrument/detector/module_{i}')
                        module.attrs['NX_class'] = 'NXdetector_module'
                        module['data_origin'] = [i, 0, 0]
            """);

        Assert.StartsWith(
            "modules_master.h5 stores the 2 modules of its detector apart, in data of four axes, which is not supported.",
            await Series.RefusalAsync(folder["modules_master.h5"]),
            StringComparison.Ordinal);
        await using NxMxSource source = await Series.OpenAsync(folder["channels_master.h5"]);
        Assert.Equal(2, source.Header.Channels.Count);
    }

    [Fact]
    public async Task A_master_cut_anywhere_is_refused_or_read_but_never_kills_the_reader()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = await File.ReadAllBytesAsync(TestData.Path("synthetic/synth_master.h5"), TestContext.Current.CancellationToken);
        await using Hdf5ReaderProcess reader = Readers.Start();
        foreach (int length in new[] { 8, 100, 512, 2048, whole.Length / 3, whole.Length / 2, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(folder["cut_master.h5"], whole[..length], TestContext.Current.CancellationToken);
            string message = (await reader.OpenAsync(folder["cut_master.h5"], TestContext.Current.CancellationToken)).Error!.Message;
            Assert.Matches("^cut_master.h5 is (incomplete: it has [0-9]+ of [0-9]+ bytes|damaged or incomplete: [^H]+)\\.$", message);
        }
    }

    [Fact]
    public async Task A_master_without_any_of_its_data_files_is_refused_with_the_name_of_the_first()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteMaster(folder["x_master.h5"], 4, ["x_data_000001.h5", "x_data_000002.h5"]);

        string message = await Series.RefusalAsync(folder["x_master.h5"]);

        Assert.Equal($"x_master.h5 refers to {folder["x_data_000001.h5"]}, which does not exist.", message);
    }

    [Fact]
    public async Task A_missing_data_file_is_named_and_the_images_of_the_others_are_there()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2);
        HandMade.WriteMaster(folder["x_master.h5"], 4, ["x_data_000001.h5", "x_data_000002.h5"]);

        SeriesDescription series = (await Readers.Shared.OpenAsync(folder["x_master.h5"], TestContext.Current.CancellationToken)).Value;

        Assert.Equal(2, series.Images);
        Assert.Contains("Files or their parts are missing, and their images with them: x_data_000002.h5.", series.Notes);
        Assert.Contains("The detector was to take 4 images; x_master.h5 ends with image 2.", series.Notes);
    }

    [Fact]
    public async Task A_data_file_without_numbers_behind_a_missing_one_is_left_out_because_its_place_is_unknown()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2);
        HandMade.WriteData(folder["x_data_000003.h5"], 2);
        HandMade.WriteMaster(folder["x_master.h5"], 0, ["x_data_000001.h5", "x_data_000002.h5", "x_data_000003.h5"]);

        SeriesDescription series = (await Readers.Shared.OpenAsync(folder["x_master.h5"], TestContext.Current.CancellationToken)).Value;

        Assert.Equal(2, series.Images);
        Assert.Contains(
            "Files or their parts are missing, and their images with them: x_data_000002.h5, "
            + "x_data_000003.h5 (it does not say the numbers of its images).", series.Notes);
    }

    [Fact]
    public async Task A_data_file_that_is_cut_is_named()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2);
        byte[] bytes = await File.ReadAllBytesAsync(folder["x_data_000001.h5"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(folder["x_data_000001.h5"], bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        HandMade.WriteMaster(folder["x_master.h5"], 2, ["x_data_000001.h5"]);

        string message = await Series.RefusalAsync(folder["x_master.h5"]);

        Assert.Matches("^x_data_000001.h5 is incomplete: it has [0-9]+ of [0-9]+ bytes\\.$", message);
    }

    [Fact]
    public async Task The_error_for_an_unclosed_file_says_that_it_is_still_being_written()
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync(
            "import h5py, numpy, os, sys\n"
            + "f = h5py.File(sys.argv[1], 'w', libver='latest')\n"
            + "f.create_dataset('entry/data/data', data=numpy.ones((2, 16, 16), 'u2'), chunks=(1, 16, 16))\n"
            + "f.flush()\nos._exit(0)\n",
            folder["x_master.h5"]);

        Model.HutchError error = await Series.ErrorAsync(folder["x_master.h5"]);

        Assert.Equal("x_master.h5 is still being written, or its writer stopped before it closed the file.", error.Message);
        Assert.StartsWith("Use `hutch ingest --live`, or wait until the file is closed.", error.Code.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file is already open for write (may use <h5clear file> to clear file consistency flags)")]
    [InlineData("H5Dread_chunk(): wrong B-tree signature")]
    [InlineData("H5B__cache_deserialize: wrong B-tree signature")]
    [InlineData("truncated file: eof = 1, sblock->base_addr = 0, stored_eof = 2")]
    public void No_refusal_names_functions_or_programs_of_the_library(string reason)
    {
        Model.HutchError error = Unreadable.FromLibrary(reason, "/data/x.h5");

        Assert.DoesNotMatch("H5[A-Z]|h5clear|eof|_", error.Message + error.Code.Advice);
    }

    [Fact]
    public async Task Dead_links_past_the_real_number_of_images_are_normal()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2);
        HandMade.WriteMaster(folder["x_master.h5"], 2, ["x_data_000001.h5", "x_data_000002.h5", "x_data_000003.h5"]);

        await using Detectors.Sources.NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        Assert.Equal(2, source.FrameCount);
    }

    [Theory]
    [InlineData("lzf", "lzf (32000)")]
    [InlineData("32008, compression_opts=(0, 0)", "bitshuffle without compression (32008)")]
    [InlineData("'gzip', fletcher32=True", "deflate (1), then fletcher32 (3)")]
    public async Task An_unsupported_filter_is_named(string compression, string expected)
    {
        using var folder = new TemporaryFolder();
        string argument = compression == "lzf" ? "'lzf'" : compression;
        await Python.RunAsync(
            "import h5py, numpy, sys\n"
            + "f = h5py.File(sys.argv[1], 'w')\n"
            + $"f.create_dataset('entry/data/data', data=numpy.ones((2, 16, 16), 'u2'), chunks=(1, 16, 16), compression={argument})\n",
            folder["x_master.h5"]);

        Model.HutchError error = await Series.ErrorAsync(folder["x_master.h5"]);
        Assert.Equal($"x_master.h5:/entry/data/data is compressed with {expected}, which is not supported.", error.Message);
        Assert.Contains(
            "`h5repack -l /entry/data/data:CHUNK=1x16x16 -f /entry/data/data:GZIP=1 x_master.h5 repacked.h5`", error.Code.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("numpy.ones((2, 16, 16), 'f4')", "(1, 16, 16)", "does not hold little-endian integers of 8, 16 or 32 bits")]
    [InlineData("numpy.ones((2, 16, 16), '>u2')", "(1, 16, 16)", "does not hold little-endian integers of 8, 16 or 32 bits")]
    [InlineData("numpy.ones((2, 16, 16), 'u2')", "(2, 16, 16)", "has chunks of 2 x 16 x 16 in images of 16 x 16; each chunk must be one image")]
    [InlineData("numpy.ones((2, 16, 16), 'u2')", "(1, 8, 16)", "has chunks of 1 x 8 x 16 in images of 16 x 16; each chunk must be one image")]
    [InlineData("numpy.ones((16,), 'u2')", "(16,)", "has 1 dimensions; images need two to four")]
    public async Task Images_in_a_form_that_cannot_be_taken_as_they_are_are_refused(string data, string chunks, string expected)
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync(
            $"import h5py, numpy, sys\nh5py.File(sys.argv[1], 'w').create_dataset('entry/data/data', data={data}, chunks={chunks})\n",
            folder["x_master.h5"]);

        Assert.Equal($"x_master.h5:/entry/data/data {expected}.", await Series.RefusalAsync(folder["x_master.h5"]));
    }

    [Fact]
    public async Task Data_files_of_different_detectors_are_refused()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2);
        await Python.RunAsync(
            "import h5py, numpy, sys\n"
            + "h5py.File(sys.argv[1], 'w').create_dataset('entry/data/data', data=numpy.ones((2, 8, 16), 'u2'), chunks=(1, 8, 16))\n",
            folder["x_data_000002.h5"]);
        HandMade.WriteMaster(folder["x_master.h5"], 4, ["x_data_000001.h5", "x_data_000002.h5"]);

        Assert.Equal(
            "x_data_000002.h5 has images of 8 x 16 uint16, x_data_000001.h5 of 16 x 16 uint16: they do not belong to one series.",
            await Series.RefusalAsync(folder["x_master.h5"]));
    }
}

using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Formats.Tests.Support;
using Hutch.Simulator;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Sources;

/// <summary>How frames are numbered, and what is told about files that are not the whole of an experiment.</summary>
/// <remarks>Case 13.</remarks>
public sealed class SeriesNumberTests
{
    [Fact]
    public async Task Frames_have_the_numbers_of_their_files_and_a_gap_stays_a_gap()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2, first: 1);
        HandMade.WriteData(folder["x_data_000003.h5"], 2, first: 5);
        HandMade.WriteMaster(folder["x_master.h5"], 8, ["x_data_000001.h5", "x_data_000003.h5"]);
        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        Assert.Equal(["000001", "000002", "-000003", "-000004", "000005", "000006"], await PathsAsync(source));
        Assert.Equal(["The detector was to take 8 images; x_master.h5 ends with image 6."], source.Notes.Where(n => n.Contains("detector was", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_in_another_order_than_their_numbers_are_put_right()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["a.h5"], 2, first: 3);
        HandMade.WriteData(folder["b.h5"], 2, first: 1);
        HandMade.WriteMaster(folder["x_master.h5"], 4, ["a.h5", "b.h5"]);
        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        var pixels = new List<byte[]>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(TestContext.Current.CancellationToken))
        {
            pixels.Add(Series.Decode(source, frame));
        }

        Assert.Equal([HandMade.Pixels(0), HandMade.Pixels(1), HandMade.Pixels(0), HandMade.Pixels(1)], pixels);
        Assert.Equal(["000001", "000002", "000003", "000004"], await PathsAsync(source));
    }

    [Fact]
    public async Task A_series_that_counts_from_0_starts_with_frame_1()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2, first: 0);
        HandMade.WriteData(folder["x_data_000002.h5"], 1, first: 2);
        HandMade.WriteMaster(folder["x_master.h5"], 3, ["x_data_000001.h5", "x_data_000002.h5"]);
        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        Assert.Equal(["000001", "000002", "000003"], await PathsAsync(source));
    }

    [Fact]
    public async Task Contradictory_image_numbers_are_reported_and_the_order_of_the_files_is_used()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 2, first: 1);
        HandMade.WriteData(folder["x_data_000002.h5"], 2, first: 1);
        HandMade.WriteMaster(folder["x_master.h5"], 4, ["x_data_000001.h5", "x_data_000002.h5"]);
        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        Assert.Equal(["000001", "000002", "000003", "000004"], await PathsAsync(source));
        Assert.Contains(
            "Two data files of x_master.h5 say that they hold image 1: the images are numbered in the order of the files.", source.Notes);
    }

    [Fact]
    public async Task A_data_file_without_its_master_keeps_its_numbers_and_the_master_is_named()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000003.h5"], 2, first: 201);
        await File.WriteAllBytesAsync(folder["x_master.h5"], [], TestContext.Current.CancellationToken);
        await using NxMxSource source = await Series.OpenAsync(folder["x_data_000003.h5"]);

        Assert.Equal(["000201", "000202"], await PathsAsync(source));
        Assert.Equal(
            [
                "x_data_000003.h5 is a data file without its master: geometry, wavelength and mask are unknown; x_master.h5 is beside it.",
                "x_data_000003.h5 begins with image 201 of its series.",
            ],
            source.Notes);
    }

    [Fact]
    public async Task Additional_entries_detectors_and_groups_of_data_are_reported()
    {
        using var folder = new TemporaryFolder();
        HandMade.WriteData(folder["x_data_000001.h5"], 1, first: 1);
        lock (Hdf5Library.Gate)
        {
            using var file = new Hdf5Writer(folder["x_master.h5"]);
            file.Group("/entry", "NXentry");
            file.Group("/entry/data", "NXdata");
            file.Group("/entry/second", "NXdata");
            file.Group("/entry/instrument", "NXinstrument");
            file.Group("/entry/instrument/detector", "NXdetector");
            file.Group("/entry/instrument/detector_2", "NXdetector");
            file.Group("/entry2", "NXentry");
            file.Group("/other", "NXcollection");
            file.ExternalLink("/entry/data/data_000001", "x_data_000001.h5", "/entry/data/data");
        }

        await using NxMxSource source = await Series.OpenAsync(folder["x_master.h5"]);

        Assert.Equal(
            [
                "Only entry of x_master.h5 is read; it also has entry2.",
                "x_master.h5 has 2 detectors (detector, detector_2); one of them is read.",
                "x_master.h5 has 2 groups of data (data, second); one of them is read.",
            ],
            source.Notes);
    }

    [Fact]
    public async Task Channels_are_reported()
    {
        using var folder = new TemporaryFolder();
        await using NxMxSource source = await Series.OpenAsync(
            Series.Write(Series.Tiny with { Layout = SeriesLayout.Dectris2024, Channels = 2, Images = 2 }, folder));

        Assert.StartsWith("sim_master.h5 has 2 channels (threshold_1, threshold_2): ", Assert.Single(source.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SeriesLayout.Legacy)]
    [InlineData(SeriesLayout.InMaster)]
    [InlineData(SeriesLayout.Diamond)]
    public async Task About_an_ordinary_series_there_is_nothing_to_tell(SeriesLayout layout)
    {
        using var folder = new TemporaryFolder();
        await using NxMxSource source = await Series.OpenAsync(Series.Write(Series.Tiny with { Layout = layout }, folder));

        Assert.Empty(source.Notes);
    }

    private static async Task<List<string>> PathsAsync(NxMxSource source)
    {
        var paths = new List<string>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(TestContext.Current.CancellationToken))
        {
            paths.Add((frame.IsMissing ? "-" : "") + frame.Path);
        }

        return paths;
    }
}

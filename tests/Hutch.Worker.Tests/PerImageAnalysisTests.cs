using System.Collections.Immutable;
using System.Text.Json;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Steps;
using Hutch.Capture;
using Hutch.Client.Transfers;
using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Detectors.Tests.Support;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Simulator;
using Hutch.Worker.Tests.Support;

namespace Hutch.Worker.Tests;

/// <summary>From a detector file to rows, with the real step: what is found is what was put there.</summary>
public sealed class PerImageAnalysisTests
{
    private const int Images = 6;
    private const string SpotFinding = "hutch/per-image-analysis";

    private static readonly SimulationOptions Series = new()
    {
        Detector = DetectorModel.Find("small").Value,
        Images = Images,
        IncrementDegrees = 0.3,
        MosaicityDegrees = 0.3,
        ReflectionPhotons = 8000,
        DeadPixelsPerMillion = 200,
        Seed = 7,
    };

    [Fact]
    public async Task Spots_found_in_a_simulated_series_match_the_simulated_reflections()
    {
        using var files = new SimulatedSeries(Series);
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await IngestAsync(live, input.Id, files.Master);
        await live.CloseAsync(input.Id);
        live.Work(new SpotFindingStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, SpotFinding);
        SiteRun end = await live.EndOfAsync(run);
        List<JsonElement> rows = await live.AllRowsAsync(run);

        Assert.Equal(("done", (long)Images, 0L), (end.Outcome, end.Frames, end.Failures));
        SpotFinder finder = await FinderAsync(live, input.Id);
        var all = new Score(0, 0, 0, 0);
        for (int image = 1; image <= Images; image++)
        {
            Spot[] spots = Find(finder, (await live.ReadAsync(input.Id, FrameName.For(image)))!);
            Assert.Equal(spots.Length, rows[image - 1].GetProperty("n_spots_total").GetInt32());
            all += Compare(spots, files.Truth(image), finder);
        }

        Assert.True(all.Strong >= 60, $"Only {all.Strong} strong reflections: the test would say nothing.");
        Assert.True(all.Found > 0.97 * all.Strong, $"{all.Found} of {all.Strong} strong reflections were found.");
        Assert.True(all.Right > 0.97 * all.Spots, $"{all.Right} of {all.Spots} spots are reflections.");
    }

    [Fact]
    public async Task The_same_pixels_as_a_cbf_series_give_the_same_rows()
    {
        using var files = new SimulatedSeries(Series);
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset master = await live.CreateAsync("master");
        SiteDataset cbf = await live.CreateAsync("cbf");

        await IngestAsync(live, master.Id, files.Master);
        await IngestAsync(live, cbf.Id, await WriteCbfAsync(files.Master));
        await live.CloseAsync(master.Id);
        await live.CloseAsync(cbf.Id);
        live.Work(new SpotFindingStep());
        SiteRun ofMaster = await live.StartRunAsync(master.Id, follow: false, SpotFinding);
        SiteRun ofCbf = await live.StartRunAsync(cbf.Id, follow: false, SpotFinding);

        Assert.Equal(("done", (long)Images, 0L), await live.EndOfAsync(ofMaster) is var first ? (first.Outcome, first.Frames, first.Failures) : default);
        Assert.Equal(("done", (long)Images, 0L), await live.EndOfAsync(ofCbf) is var second ? (second.Outcome, second.Frames, second.Failures) : default);
        Assert.Equal(
            (await live.AllRowsAsync(ofMaster)).Select(static row => row.GetRawText()),
            (await live.AllRowsAsync(ofCbf)).Select(static row => row.GetRawText()));
    }

    [Fact]
    public async Task The_mask_of_the_header_covers_gaps_and_dead_pixels()
    {
        using var files = new SimulatedSeries(Series with { Images = 1 });
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await IngestAsync(live, input.Id, files.Master);

        SpotFinder finder = await FinderAsync(live, input.Id);

        using JsonDocument truth = files.Summary();
        (int X, int Y)[] dead = [.. truth.RootElement.GetProperty("deadPixels").EnumerateArray().Select(p => (p[0].GetInt32(), p[1].GetInt32()))];
        Assert.NotEmpty(dead);
        for (int row = 0; row < finder.Mask.Height; row++)
        {
            for (int column = 0; column < finder.Mask.Width; column++)
            {
                bool isGood = finder.Mask.Bytes[(row * finder.Mask.Width) + column] != 0;
                Assert.Equal(!Series.Detector.IsGap(row, column) && !dead.Contains((column, row)), isGood);
            }
        }
    }

    [Fact]
    public async Task A_broken_frame_a_foreign_codec_and_a_wrong_number_are_rows_with_errors()
    {
        using var files = new SimulatedSeries(Series with { Images = 2 });
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await IngestAsync(live, input.Id, files.Master);
        await live.PutAsync(input.Id, "000003", "no frame at all"u8.ToArray());
        Entry foreign = Entry.File(default, 0) with { UserMetadata = ImmutableSortedDictionary<string, string>.Empty.Add(FrameEntry.CodecKey, "zip") };
        await live.PutAsync(input.Id, "000004", "packed"u8.ToArray(), foreign);
        live.Work(new SpotFindingStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, SpotFinding);
        SiteRun end = await live.EndOfAsync(run);
        List<JsonElement> rows = await live.AllRowsAsync(run);

        Assert.Equal(("done", 4L, 2L), (end.Outcome, end.Frames, end.Failures));
        Assert.True(rows[1].TryGetProperty("n_spots_total", out _));
        Assert.Contains("000003", rows[2].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("'zip'", rows[3].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_step_has_the_frames_that_it_is_asked_for_and_its_own_columns()
    {
        using var files = new SimulatedSeries(Series with { Images = 2 });
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await IngestAsync(live, input.Id, files.Master);
        live.Work([.. AnalysisSteps.All]);

        SiteRun spots = await live.StartRunAsync(input.Id, follow: false, SpotFinding);
        SiteRun intensity = await live.StartRunAsync(input.Id, follow: false, "hutch/intensity", """{"saturation":10,"follow":false}""");
        SiteRun[] ends = [await live.EndOfAsync(spots), await live.EndOfAsync(intensity)];

        Assert.All(ends, end => Assert.Equal(("done", 2L, 0L), (end.Outcome, end.Frames, end.Failures)));
        foreach ((SiteRun run, IAnalysisStep step) in ends.Zip(AnalysisSteps.All))
        {
            string[] columns = ["file-number", .. step.Declaration.Columns.Where(column => !column.IsOptional).Select(column => column.Name)];
            string table = System.Text.Encoding.UTF8.GetString((await live.ReadAsync(run.Outputs[0], "results.csv"))!);
            Assert.Equal(columns, table.Split("\r\n")[0].Split(','));
            Assert.Equal(columns, (await live.AllRowsAsync(run))[1].EnumerateObject().Select(member => member.Name));
        }

        JsonElement row = (await live.AllRowsAsync(intensity))[0];
        Assert.True(row.GetProperty("n_saturated").GetInt32() > 0);
        Assert.Equal(10, row.GetProperty("max").GetInt32());
    }

    [Theory]
    [InlineData(null, "no entry 'header'")]
    [InlineData("{\"x_pixels_in_detector\":", "not JSON")]
    [InlineData("{\"x_pixels_in_detector\":10}", "y_pixels_in_detector")]
    [InlineData("{\"x_pixels_in_detector\":10,\"y_pixels_in_detector\":10,\"bit_depth_image\":16,\"hutch\":{\"arrays\":{\"pixel_mask\":{\"entry\":\"header.d/gone.npy\"}}}}", "header.d/gone.npy")]
    public async Task A_header_that_is_missing_or_wrong_fails_the_run_with_words(string? header, string words)
    {
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        if (header is not null)
        {
            await live.PutAsync(input.Id, "header", System.Text.Encoding.UTF8.GetBytes(header));
        }

        await live.PutFrameAsync(input.Id, 1);
        live.Work(new SpotFindingStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, SpotFinding);
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal("failed", end.Outcome);
        Assert.Contains(words, end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_a_step_are_stored_with_its_rows()
    {
        using var files = new SimulatedSeries(Series with { Images = 2 });
        await using LiveSite live = await LiveSite.OpenAsync();
        SiteDataset input = await live.CreateAsync("lysozyme");
        await IngestAsync(live, input.Id, files.Master);
        await live.PutAsync(input.Id, "000003", "no frame at all"u8.ToArray());
        live.Work(new RadialStep());

        SiteRun run = await live.StartRunAsync(input.Id, follow: false, "hutch/radial", """{"rings":50,"black":300,"follow":false}""");
        SiteRun end = await live.EndOfAsync(run);

        Assert.Equal(("done", 3L, 1L), (end.Outcome, end.Frames, end.Failures));
        foreach (int frame in new[] { 1, 2 })
        {
            byte[] profile = (await live.ReadAsync(run.Outputs[0], $"radial/{frame:D6}.csv"))!;
            Assert.Equal(51, System.Text.Encoding.ASCII.GetString(profile).TrimEnd().Split('\n').Length);
            Assert.Equal("PNG", System.Text.Encoding.ASCII.GetString((await live.ReadAsync(run.Outputs[0], $"previews/{frame:D6}.png"))!, 1, 3));
        }

        Assert.Null(await live.ReadAsync(run.Outputs[0], "previews/000003.png"));
    }

    private static async Task IngestAsync(LiveSite live, DatasetId dataset, string file)
    {
        await using IFrameSource source = await OpenAsync(file);
        await new FrameIngest(new SiteSink(live, dataset), NoProgress.Instance).RunAsync(source, LiveSite.Ct);
    }

    private static async Task<IFrameSource> OpenAsync(string file)
    {
        var reader = new ReaderCommand(Path.Combine(AppContext.BaseDirectory, "Hutch.Formats.ReaderHost"), []);
        return (await FrameSources.OpenAsync(file, new FrameSourceOptions { Hdf5Reader = reader, Time = TimeProvider.System }, LiveSite.Ct)).Value;
    }

    /// <summary>Writes the pixels of a master as a detector that marks the bad ones in the images: gaps and dead pixels are negative.</summary>
    private static async Task<string> WriteCbfAsync(string master)
    {
        await using IFrameSource source = await OpenAsync(master);
        FrameHeader header = source.Header;
        var mask = new List<uint>();
        await foreach (SourceArray array in source.ReadArraysAsync(LiveSite.Ct))
        {
            if (array.Path == header.MaskEntry)
            {
                mask.AddRange(NumpyFile.Read(array.File).Value.As<uint>());
            }
        }

        var pixels = new ushort[header.Rows * header.Columns];
        string path = "";
        await foreach (SourceFrame frame in source.ReadFramesAsync(LiveSite.Ct))
        {
            Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan());
            Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(frame.Codec, 2, 0, frame.Bytes.Span, bytes));
            int[] marked = [.. pixels.Select((value, i) => mask[i] != 0 || value == ushort.MaxValue ? -2 : value)];
            path = Path.Combine(Path.GetDirectoryName(master)!, $"lysozyme_{frame.Number:D5}.cbf");
            await File.WriteAllBytesAsync(path, CbfFile.Make(header.Rows, header.Columns, marked, CbfFile.Comments(header)), LiveSite.Ct);
        }

        return path;
    }

    private static async Task<SpotFinder> FinderAsync(LiveSite live, DatasetId dataset)
    {
        FrameHeader header = FrameHeader.Parse((await live.ReadAsync(dataset, "header"))!).Value;
        NumericArray mask = NumpyFile.Read((await live.ReadAsync(dataset, header.MaskEntry!))!).Value;
        var detector = DetectorMask.FromPixelMask(header.Columns, header.Rows, mask.As<uint>());
        return new SpotFinder(detector, SpotFinderParameters.Default, ushort.MaxValue - 1);
    }

    private static Spot[] Find(SpotFinder finder, byte[] chunk)
    {
        var pixels = new ushort[finder.Mask.Width * finder.Mask.Height];
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(pixels.AsSpan());
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, chunk, bytes));
        return finder.FindSpots(pixels).Value.Spots.ToArray();
    }

    /// <summary>Strong reflections away from the edge of what is seen must be found; every spot must be a reflection, also a weak one.</summary>
    private static Score Compare(Spot[] spots, List<TrueReflection> truth, SpotFinder finder)
    {
        TrueReflection[] strong = [.. truth.Where(r => r.Counted >= 150 && IsSeen(finder, r, 3) && truth.All(other => other == r || Distance(other, r) > 6 || other.Counted < 20))];
        int found = strong.Count(r => spots.Any(spot => Near(spot, r, 1.5)));
        int right = spots.Count(spot => truth.Any(r => r.Counted > 0 && Near(spot, r, 4)));
        return new Score(strong.Length, found, spots.Length, right);
    }

    private static bool IsSeen(SpotFinder finder, TrueReflection r, int margin)
    {
        for (int y = (int)r.Y - margin; y <= (int)r.Y + margin; y++)
        {
            for (int x = (int)r.X - margin; x <= (int)r.X + margin; x++)
            {
                if (x < 0 || y < 0 || x >= finder.Mask.Width || y >= finder.Mask.Height || finder.Mask.Bytes[(y * finder.Mask.Width) + x] == 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool Near(Spot spot, TrueReflection r, double pixels) =>
        Math.Abs(spot.CentroidX - r.X) <= pixels && Math.Abs(spot.CentroidY - r.Y) <= pixels;

    private static double Distance(TrueReflection a, TrueReflection b) => Math.Max(Math.Abs(a.X - b.X), Math.Abs(a.Y - b.Y));

    private readonly record struct Score(int Strong, int Found, int Spots, int Right)
    {
        public static Score operator +(Score a, Score b) => new(a.Strong + b.Strong, a.Found + b.Found, a.Spots + b.Spots, a.Right + b.Right);
    }
}

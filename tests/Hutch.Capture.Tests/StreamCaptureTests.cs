using System.Text;
using System.Text.Json.Nodes;
using Hutch.Capture.Tests.Support;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Objects.Http;

using static Hutch.Capture.Tests.Support.TestMessages;

namespace Hutch.Capture.Tests;

public sealed class StreamCaptureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-capture-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_recorded_series_is_stored_as_it_came()
    {
        await using var capture = new CaptureRig(_folder);
        foreach (string name in Directory.GetFiles(DataFolder("synthetic"), "stream2_*.cbor").Order(StringComparer.Ordinal))
        {
            capture.Send(await File.ReadAllBytesAsync(name, Ct));
        }

        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["01SYNTHETIC0000000000000001"];
        Assert.Equal(
            ["000001", "000002", "000003", "000004", "000005", "header", "header.d/capture.json", "header.d/image_times.npy", "header.d/images.jsonl", "header.d/pixel_mask.npy"],
            sink.Entries.Keys.Order(StringComparer.Ordinal));
        for (int number = 1; number <= 5; number++)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(DataFolder("synthetic"), $"chunk_{number:D6}.bslz4"), Ct), sink.Entries[$"{number:D6}"]);
        }

        Assert.Equal((5, 5L, 5L, 0L, true), (record.Announced, record.Received, record.Stored, record.Missing, record.HasEnd));
        Assert.Equal(1234567, (int?)JsonNode.Parse(sink.Entries["header"])!["start"]!["user_data"]!["dcid"]);
        Assert.Equal([253, 331], NumpyFile.Read(sink.Entries["header.d/pixel_mask.npy"]).Value.Shape);
        Assert.Equal(["01SYNTHETIC0000000000000001"], capture.Store.Completed);
        Assert.Empty(record.Notes);
    }

    [Fact]
    public async Task Series_that_come_at_once_do_not_mix()
    {
        await using var capture = new CaptureRig(_folder);
        var a = new StreamSeriesName(1, "a");
        var b = new StreamSeriesName(1, "b");
        capture.Send(Start(a, images: 3));
        capture.Send(Start(b, images: 3));
        for (int image = 0; image < 3; image++)
        {
            capture.Send(Image(a, image, seed: 10 + image));
            capture.Send(Image(b, image, seed: 20 + image));
        }

        capture.Send(StreamMessageWriter.End(b));
        capture.Send(StreamMessageWriter.End(a));
        await capture.EndedAsync();
        await capture.EndedAsync();

        for (int image = 0; image < 3; image++)
        {
            Assert.Equal(Chunk(10 + image), capture.Store.Datasets["a"].Entries[$"{image + 1:D6}"]);
            Assert.Equal(Chunk(20 + image), capture.Store.Datasets["b"].Entries[$"{image + 1:D6}"]);
        }
    }

    [Fact]
    public async Task A_server_that_is_away_for_a_while_loses_nothing()
    {
        await using var capture = new CaptureRig(_folder);
        int left = 16;
        capture.Store.BeforePut = path => path != "header" && Interlocked.Decrement(ref left) >= 0
            ? Task.FromException(left % 2 == 0
                ? new ServerUnreachableException(new Uri("http://127.0.0.1:1"), new IOException("gone"))
                : ErrorCode.InsufficientStorage.With("The disk is full.").ToException())
            : Task.CompletedTask;
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 20));
        for (int image = 0; image < 20; image++)
        {
            capture.Send(Image(series, image));
        }

        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((20L, 20L, 0L), (record.Received, record.Stored, record.Missing));
        Assert.Contains(capture.Told, line => line.StartsWith("Waiting to store series 'a': ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_buffer_drops_images_and_names_the_missing_frames()
    {
        var gate = new TaskCompletionSource();
        await using var capture = new CaptureRig(_folder, new CaptureOptions { BufferMegabytes = 1, SpoolMegabytes = 0 });
        capture.Store.BeforePut = path => path == "header" ? Task.CompletedTask : gate.Task;
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 12));
        for (int image = 0; image < 12; image++)
        {
            capture.Send(Image(series, image, padding: 300_000)); // three fit
        }

        capture.Send(StreamMessageWriter.End(series));
        await capture.ReceivedAsync(14);
        gate.SetResult();
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((12L, 3L, 9L), (record.Received, record.Stored, record.Dropped));
        Assert.Equal((9L, "000004 to 000012"), (record.Missing, Assert.Single(record.MissingFrames)));
        Assert.Equal(
            ["9 images were dropped because they came faster than they could be stored.", "9 frames are missing: 000004 to 000012."],
            record.Notes);
    }

    [Fact]
    public async Task A_full_buffer_makes_the_only_reader_wait()
    {
        var gate = new TaskCompletionSource();
        await using var capture = new CaptureRig(
            _folder,
            new CaptureOptions { BufferMegabytes = 1, SpoolMegabytes = 0, WaitsForSpace = true, Patience = TimeSpan.FromMinutes(5) });
        capture.Store.BeforePut = path => path == "header" ? Task.CompletedTask : gate.Task;
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 12));
        Task sending = Task.Run(
            () =>
            {
                for (int image = 0; image < 12; image++)
                {
                    capture.Send(Image(series, image, padding: 300_000));
                }

                capture.Send(StreamMessageWriter.End(series));
            },
            Ct);
        await capture.ReceivedAsync(4);
        gate.SetResult();
        await sending;
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((12L, 12L, 0L, 0L), (record.Received, record.Stored, record.Dropped, record.Missing));
    }

    [Fact]
    public async Task Errors_of_single_images_are_counted_and_affect_no_other_images()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Encoding.ASCII.GetBytes("not a message"));
        capture.Send(Start(series, images: 8));
        capture.Send(Image(series, 0));
        capture.Send(Image(series, 0, seed: 9)); // again, and other
        capture.Send(Image(series, 3)); // 2 and 3 are lost
        capture.Send(Image(series, 4, rows: Rows / 2));
        capture.Send(Image(series, 5, codec: FrameCodec.Raw));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        Assert.Equal(["000001", "000004", "000006"], sink.Entries.Keys.Where(path => path.Length == 6 && path != "header").Order(StringComparer.Ordinal));
        Assert.Equal(Chunk(0), sink.Entries["000001"]);
        Assert.Equal("raw", sink.Metadata["000006"]["hutch-codec"]);
        Assert.Equal((5L, 3L, 1L, 1L, 3L), (record.Received, record.Stored, record.Duplicates, record.Unreadable, record.Missing));
        Assert.Equal(["000002 to 000003", "000005"], record.MissingFrames);
        Assert.Equal(
            [
                "Image 5 cannot be read: its size or type is not that of the series.",
                "1 image came again and was left out.",
                "The detector was to take 8 images; the series ends with image 6.",
                "3 frames are missing: 000002 to 000003, 000005.",
            ],
            record.Notes);
        Assert.Equal(1, capture.Running.Refused);
    }

    [Fact]
    public async Task Images_without_a_start_message_are_stored_with_their_own_metadata()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Image(series, 6));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        FrameHeader header = FrameHeader.Parse(sink.Entries["header"]).Value;
        Assert.Equal((Rows, Columns, ElementType.UInt16), (header.Rows, header.Columns, header.Type));
        Assert.Equal(Chunk(0), sink.Entries["000007"]);
        Assert.Equal(["000001 to 000006"], record.MissingFrames);
        Assert.Contains(capture.Told, line => line.StartsWith("The start of the series was not received", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Channels_have_folders_of_their_own()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 1, "low", "high"));
        capture.Send(StreamMessageWriter.Image(series, new ImageMessage { ImageId = 0, Channels = [Channel("low", 1), Channel("high", 2)] }));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        Assert.Equal(Chunk(1), sink.Entries["000001"]);
        Assert.Equal(Chunk(2), sink.Entries["high/000001"]);
        Assert.Equal(2, record.Stored);
    }

    /// <summary>Case 70: of two thresholds, their difference is counted and not stored.</summary>
    [Fact]
    public async Task A_channel_of_another_type_is_named_and_costs_no_other()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        var difference = new StreamArrayField("difference", "difference", new StreamArray([Rows, Columns], ElementType.Int32, false, FrameCodec.Raw, new byte[Rows * Columns * 4]), null);
        capture.Send(Start(series, images: 1, "low", "high", "difference"));
        capture.Send(StreamMessageWriter.Image(series, new ImageMessage { ImageId = 0, Channels = [Channel("low", 1), Channel("high", 2), difference] }));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        Assert.Equal(Chunk(1), sink.Entries["000001"]);
        Assert.Equal(Chunk(2), sink.Entries["high/000001"]);
        Assert.Equal((2L, 1L, 1L, "difference/000001"), (record.Stored, record.Unreadable, record.Missing, Assert.Single(record.MissingFrames)));
        Assert.Contains("Channel 'difference' of image 1 cannot be read: its size or type is not that of the series.", record.Notes);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("header")]
    [InlineData("header.d")]
    [InlineData(".Hutch")]
    [InlineData("000002")]
    [InlineData("high\0")]
    public async Task A_channel_whose_name_cannot_be_that_of_a_folder_gets_another(string name)
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 1, "low", name));
        capture.Send(StreamMessageWriter.Image(series, new ImageMessage { ImageId = 0, Channels = [Channel("low", 1), Channel(name, 2)] }));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        string path = Assert.Single(sink.Entries.Keys, path => path.EndsWith("/000001", StringComparison.Ordinal));
        Assert.Matches("^channel-[0-9a-f]{8}/000001$", path);
        Assert.Equal(Chunk(2), sink.Entries[path]);
        Assert.Equal((2L, 0L), (record.Stored, record.Unreadable));
    }

    [Fact]
    public async Task A_restarted_capture_continues_its_series_and_names_lost_frames()
    {
        var series = new StreamSeriesName(1, "a");
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(series, images: 6));
            first.Send(Image(series, 0));
            first.Send(Image(series, 1));
            await first.ReceivedAsync(3);
        }

        await using var second = new CaptureRig(_folder, store: store);
        second.Send(Image(series, 3)); // the third was lost in between
        second.Send(Image(series, 4));
        second.Send(Image(series, 5));
        second.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await second.EndedAsync();

        MemorySink sink = Assert.Single(store.Datasets).Value;
        Assert.Equal(["000003"], record.MissingFrames);
        Assert.Equal(0.9763, FrameHeader.Parse(sink.Entries["header"]).Value.WavelengthAngstrom);
        Assert.Equal(5, sink.Entries.Keys.Count(path => path.StartsWith("00000", StringComparison.Ordinal)));
        Assert.Equal(["a"], store.Completed);
    }

    [Fact]
    public async Task Images_that_the_tee_dropped_are_counted_and_named_also_the_last()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        var end = new EndMessage { SeriesId = 1, SeriesUniqueId = "a" };
        capture.Send(Start(series, images: 9));
        capture.Send(Image(series, 0));
        capture.Send(Image(series, 3));
        capture.Send(StreamMessageWriter.Copies(end, dropped: 5, lastImage: 6));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((2L, 2L, 0L, 5L), (record.Received, record.Stored, record.Dropped, record.NotCopied));
        Assert.Equal(["000002 to 000003", "000005 to 000007"], record.MissingFrames);
        Assert.Contains("5 images were dropped by hutch tee because the copies were not read in time.", record.Notes);
        Assert.Contains("The detector was to take 9 images; the series ends with image 7.", record.Notes);
    }

    [Fact]
    public async Task A_restarted_capture_completes_a_series_with_only_its_end_message_left()
    {
        var series = new StreamSeriesName(1, "a");
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(series, images: 2));
            first.Send(Image(series, 0));
            first.Send(Image(series, 1));
            await first.ReceivedAsync(3);
        }

        await using var second = new CaptureRig(_folder, store: store);
        second.Send(StreamMessageWriter.Copies(new EndMessage { SeriesId = 1, SeriesUniqueId = "a" }, dropped: 0, lastImage: 1));
        second.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await second.EndedAsync();

        Assert.True(record.HasEnd);
        Assert.Equal((2L, 2L, 0L), (record.Received, record.Stored, record.Missing));
        Assert.Empty(record.Notes);
        Assert.Equal(["a"], store.Completed);
        Assert.Null(new CaptureState(_folder).Find("a"));
    }

    [Fact]
    public async Task The_end_of_an_unknown_series_creates_no_dataset()
    {
        await using var capture = new CaptureRig(_folder);
        capture.Send(StreamMessageWriter.End(new StreamSeriesName(1, "a")));
        capture.Send(Start(new StreamSeriesName(2, "b"), images: 0));
        capture.Send(StreamMessageWriter.End(new StreamSeriesName(2, "b")));
        await capture.EndedAsync();

        Assert.Equal(["b"], capture.Store.Datasets.Keys);
    }

    [Fact]
    public async Task A_capture_that_was_killed_knows_the_times_of_all_frames_that_are_stored()
    {
        var series = new StreamSeriesName(1, "a");
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(series, images: 3));
            first.Send(TimedImage(series, 0, "2026-01-01T00:00:00Z", "x"));
            first.Send(TimedImage(series, 1, "2026-01-01T00:00:00Z", "x"));
            await first.ReceivedAsync(3);
        }

        store.Datasets["a"].Entries.Remove("header.d/image_times.npy"); // killed, it would not have written it
        await using var second = new CaptureRig(_folder, store: store);
        second.Send(TimedImage(series, 2, "2026-01-01T00:00:00Z", "x"));
        second.Send(StreamMessageWriter.End(series));
        await second.EndedAsync();

        NumericArray times = NumpyFile.Read(store.Datasets["a"].Entries["header.d/image_times.npy"]).Value;
        Assert.Equal([1, 0, 0.01, 0.01, 2, 0.02, 0.03, 0.01, 3, 0.04, 0.05, 0.01], times.As<double>().ToArray());
    }

    [Fact]
    public async Task A_detector_that_counts_from_one_again_begins_a_new_series()
    {
        var series = new StreamSeriesName(1, "1");
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(series, images: 3));
            first.Send(Image(series, 0, seed: 1));
            await first.ReceivedAsync(2);
        }

        await using var second = new CaptureRig(_folder, store: store);
        second.Send(Start(series, images: 1));
        second.Send(Image(series, 0, seed: 2));
        second.Send(StreamMessageWriter.End(series));
        CaptureRecord[] ends = [await second.EndedAsync(), await second.EndedAsync()];
        CaptureRecord record = Assert.Single(ends, static one => one.HasEnd); // the other is that of the series from before

        Assert.Equal((1L, 0L), (record.Stored, record.Duplicates));
        Assert.Equal(Chunk(1), store.Datasets["1"].Entries["000001"]);
        Assert.Equal(Chunk(2), store.Datasets["1-again"].Entries["000001"]);
    }

    [Fact]
    public async Task A_series_that_is_refused_costs_no_other()
    {
        await using var capture = new CaptureRig(_folder, new CaptureOptions { BufferMegabytes = 1, WaitsForSpace = true });
        var bad = new StreamSeriesName(1, "bad");
        var good = new StreamSeriesName(2, "good");
        capture.Store.Refused.Add("bad");
        capture.Send(Start(bad, images: 2));
        capture.Send(Image(bad, 0, padding: 900_000));
        capture.Send(Start(good, images: 1));
        capture.Send(Image(bad, 1, padding: 900_000)); // would wait for ever, were the first not given up
        capture.Send(Image(good, 0, padding: 900_000));
        capture.Send(StreamMessageWriter.End(good));
        capture.Send(StreamMessageWriter.End(bad));

        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal(("good", 1L), (record.Series, record.Stored));
        await capture.ToldAsync("Series 'bad' cannot be stored: You may not create it.");
        Assert.Equal(new FailedSeries("bad", "You may not create it.", Received: 2, NotStored: 2), await capture.FailedAsync());
    }

    [Fact]
    public async Task A_series_ends_after_a_silence()
    {
        await using var capture = new CaptureRig(_folder, new CaptureOptions { Silence = TimeSpan.FromMilliseconds(200) });
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 2));
        capture.Send(Image(series, 0));

        CaptureRecord record = await capture.EndedAsync();

        Assert.False(record.HasEnd);
        Assert.Contains("The end of the series was not received.", record.Notes);
    }

    private static string DataFolder(string name) => Path.Combine(AppContext.BaseDirectory, "data", name);
}

using System.Text;
using System.Text.Json.Nodes;
using Hutch.Capture.Tests.Support;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using static Hutch.Capture.Tests.Support.TestMessages;

namespace Hutch.Capture.Tests;

/// <summary>What detectors and networks do that they should not.</summary>
public sealed class StreamCaptureEdgeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-capture-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Metadata_of_single_images_are_stored()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 4));
        capture.Send(TimedImage(series, 0, "d1", hash: "aa"));
        capture.Send(TimedImage(series, 2, "d1", hash: "cc"));
        capture.Send(TimedImage(series, 1, "d1", hash: "bb")); // out of order
        capture.Send(Image(series, 3));
        capture.Send(TimedImage(series, 3, "d1", hash: "no: the first stays"));
        capture.Send(StreamMessageWriter.End(series));
        await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        NumericArray times = NumpyFile.Read(sink.Entries["header.d/image_times.npy"]).Value;
        Assert.Equal([4, 4], times.Shape);
        Assert.Equal(
            [1, 0, 0.01, 0.01, 2, 0.02, 0.03, 0.01, 3, 0.04, 0.05, 0.01, 4, double.NaN, double.NaN, 0.01], times.As<double>().ToArray());
        Assert.Equal(
            """
            {"image":1,"series_date":"d1","hash":"aa"}
            {"image":3,"hash":"cc"}
            {"image":2,"hash":"bb"}
            {"image":4,"series_date":null,"hash":null}

            """,
            Encoding.UTF8.GetString(sink.Entries["header.d/images.jsonl"]));
    }

    [Fact]
    public async Task What_was_kept_of_images_before_a_restart_is_not_lost()
    {
        var series = new StreamSeriesName(1, "a");
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(series, images: 2));
            first.Send(TimedImage(series, 0, "d1", "aa"));
            first.Send(Message("mood", series));
            await first.ReceivedAsync(3);
        }

        await using var second = new CaptureRig(_folder, store: store);
        second.Send(TimedImage(series, 1, "d1", "bb"));
        second.Send(Message("mood", series));
        second.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await second.EndedAsync();

        MemorySink sink = Assert.Single(store.Datasets).Value;
        Assert.Equal([2, 4], NumpyFile.Read(sink.Entries["header.d/image_times.npy"]).Value.Shape);
        Assert.Equal(2, Encoding.UTF8.GetString(sink.Entries["header.d/images.jsonl"]).Count(c => c == '\n'));
        Assert.Equal(["header.d/message_000001.cbor", "header.d/message_000002.cbor"], sink.Entries.Keys.Where(path => path.EndsWith(".cbor", StringComparison.Ordinal)).Order());
        Assert.Equal((2L, 2L), (record.Received, record.Stored));
    }

    [Fact]
    public async Task Unknown_messages_and_fields_of_a_series_are_stored()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        byte[] calibration = Message("calibration", series);
        capture.Send(Message("calibration", new StreamSeriesName(9, "nobody's")));
        capture.Send(Start(series, images: 1));
        capture.Send(calibration);
        capture.Send(Image(series, 0));
        capture.Send(Message("end", series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal(calibration, capture.Store.Datasets["a"].Entries["header.d/message_000001.cbor"]);
        Assert.Equal("""{"what":"happened"}""", record.End!.ToJsonString());
        Assert.Equal(1, capture.Running.Refused);
        Assert.Contains("A message was left out: It is of a type that Hutch does not know, and belongs to no series that is under way. Further ones are counted.", capture.Told);
    }

    [Fact]
    public async Task The_number_of_unknown_messages_is_limited()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 0));
        for (int i = 0; i < 1002; i++)
        {
            capture.Send(Message("calibration", series));
        }

        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal(1000, capture.Store.Datasets["a"].Entries.Keys.Count(path => path.EndsWith(".cbor", StringComparison.Ordinal)));
        Assert.Contains("2 messages of other types were left out: there were too many.", record.Notes);
    }

    [Fact]
    public async Task A_start_that_comes_after_images_is_worth_as_much()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Image(series, 0));
        capture.Send(Image(series, 1));
        capture.Send(Start(series, images: 2));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        MemorySink sink = capture.Store.Datasets["a"];
        Assert.Equal(0.9763, FrameHeader.Parse(sink.Entries["header"]).Value.WavelengthAngstrom);
        Assert.Equal(0.9763, (double?)sink.Described[^1].Now.Fields["wavelength"]!["value"]);
        Assert.Equal((2L, 0L), (record.Stored, record.Missing));
        Assert.Contains("The start of the series came after images did.", record.Notes);
    }

    [Fact]
    public async Task A_start_in_the_middle_of_a_series_without_a_unique_name_begins_another()
    {
        await using var capture = new CaptureRig(_folder);
        capture.Send(Old(StreamMessageWriter.Start(new StreamSeriesName(1, "x"), StartFields(2), [])));
        capture.Send(Old(Image(new StreamSeriesName(1, "x"), 0, seed: 1)));
        capture.Send(Old(StreamMessageWriter.Start(new StreamSeriesName(1, "x"), StartFields(1), [])));
        capture.Send(Old(Image(new StreamSeriesName(1, "x"), 0, seed: 2)));
        capture.Send(Old(StreamMessageWriter.End(new StreamSeriesName(1, "x"))));
        CaptureRecord[] records = [await capture.EndedAsync(), await capture.EndedAsync()];

        Assert.Equal(2, capture.Store.Datasets.Count);
        Assert.Equal([1L, 1L], records.Select(record => record.Stored));
        Assert.Equal([false, true], records.Select(record => record.HasEnd).Order());
        Assert.Equal(
            new[] { Chunk(1), Chunk(2) }.Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            capture.Store.Datasets.Values.Select(sink => Convert.ToHexString(sink.Entries["000001"])).Order(StringComparer.Ordinal));

        static byte[] Old(byte[] message) => Encoding.Latin1.GetBytes(
            Encoding.Latin1.GetString(message).Replace("series_unique_id", "serien_unique_id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dataset_taken_by_another_series_is_left_unchanged()
    {
        var store = new MemoryDestination();
        await using (var first = new CaptureRig(_folder, store: store))
        {
            first.Send(Start(new StreamSeriesName(1, "a"), images: 1));
            first.Send(Image(new StreamSeriesName(1, "a"), 0, seed: 1));
            await first.ReceivedAsync(2);
        }

        // As if the capture had been killed while it took the same dataset for another series.
        new CaptureState(_folder).Remember("b", "a");
        await using var second = new CaptureRig(_folder, store: store);
        second.Send(Image(new StreamSeriesName(1, "b"), 0, seed: 2));
        second.Send(StreamMessageWriter.End(new StreamSeriesName(1, "b")));
        await second.EndedAsync();

        Assert.Equal(Chunk(1), store.Datasets["a"].Entries["000001"]);
        Assert.Equal(Chunk(2), store.Datasets["b"].Entries["000001"]);
    }

    [Fact]
    public async Task A_start_that_comes_twice_changes_nothing()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 2));
        capture.Send(Image(series, 0));
        capture.Send(Start(series, images: 2));
        capture.Send(Image(series, 1));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Single(capture.Store.Datasets);
        Assert.Equal((2L, 0L), (record.Stored, record.Missing));
    }

    [Fact]
    public async Task Data_for_another_size_are_left_out()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 3));
        foreach ((int image, FrameCodec codec) in new[] { (0, FrameCodec.BitshuffleLz4), (1, FrameCodec.Lz4), (2, FrameCodec.Raw) })
        {
            var array = new StreamArray([Rows, Columns], ElementType.UInt16, false, codec, Chunk(1, Rows / 2, codec));
            capture.Send(StreamMessageWriter.Image(series, new ImageMessage { ImageId = image, Channels = [new("", "", array, null)] }));
        }

        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((0L, 3L, "000001 to 000003"), (record.Stored, record.Unreadable, Assert.Single(record.MissingFrames)));
        Assert.Equal("Image 1 cannot be read: its data are not those of an image of its size.", record.Notes[0]);
    }

    [Fact]
    public async Task A_first_image_that_cannot_be_read_costs_no_other_when_there_was_no_start()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(StreamMessageWriter.Image(series, new ImageMessage { ImageId = 0, Channels = [] }));
        capture.Send(Image(series, 1));
        capture.Send(StreamMessageWriter.End(series));

        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((2L, 1L, 1L, "000001"), (record.Received, record.Stored, record.Unreadable, Assert.Single(record.MissingFrames)));
    }

    [Fact]
    public async Task A_start_with_a_size_that_cannot_be_costs_no_image()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        JsonObject start = StartFields(images: 1);
        (start["image_size_x"], start["image_size_y"]) = (int.MaxValue, int.MaxValue);
        capture.Send(StreamMessageWriter.Start(series, start, []));
        capture.Send(Image(series, 0));
        capture.Send(StreamMessageWriter.End(series));

        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((1L, 0L), (record.Stored, record.Unreadable));
        await capture.ToldAsync("The header gives 2147483647 x 2147483647 pixels; an image can have at most 131072 on a side.");
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task A_message_of_2_GiB_is_left_out_and_counted()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 1));
        capture.Send(new StreamBuffer(1L << 31));
        capture.Send(Image(series, 0));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal((1L, 1L), (record.Stored, capture.Running.Refused));
        Assert.Contains("A message was left out: It has 2 GiB or more. Further ones are counted.", capture.Told);
    }

    [Fact]
    public async Task A_number_far_away_costs_nothing()
    {
        await using var capture = new CaptureRig(_folder);
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 2));
        capture.Send(Image(series, 0));
        capture.Send(Image(series, (int)ImageMessage.LargestId));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord record = await capture.EndedAsync();

        Assert.Equal(ImageMessage.LargestId - 1, record.Missing);
        Assert.Equal(["000002 to 999999998"], record.MissingFrames);
    }

    [Fact]
    public async Task A_detector_resumes_with_its_dataset_after_a_silence()
    {
        await using var capture = new CaptureRig(_folder, new CaptureOptions { Silence = TimeSpan.FromMilliseconds(200) });
        var series = new StreamSeriesName(1, "a");
        capture.Send(Start(series, images: 3));
        capture.Send(Image(series, 0));
        CaptureRecord silent = await capture.EndedAsync();
        capture.Send(Image(series, 1));
        capture.Send(Image(series, 2));
        capture.Send(StreamMessageWriter.End(series));
        CaptureRecord whole = await capture.EndedAsync();

        Assert.Single(capture.Store.Datasets);
        Assert.Equal((1L, 3L, 3L, 0L), (silent.Stored, whole.Stored, whole.Received, whole.Missing));
        Assert.Contains("The detector was to take 3 images; the series ends with image 1.", silent.Notes);
    }
}

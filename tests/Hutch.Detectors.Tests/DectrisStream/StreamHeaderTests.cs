using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Detectors.Ingest;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.DectrisStream;

public sealed class StreamHeaderTests
{
    [Fact]
    public void The_header_speaks_the_names_of_the_configuration()
    {
        StreamHeader made = StreamHeader.Make(Read<StartMessage>("synthetic/stream2_000_start.cbor"), null).Value;

        FrameHeader header = made.Header;
        Assert.Equal((253, 331, ElementType.UInt16, 5), (header.Rows, header.Columns, header.Type, header.Images));
        Assert.Equal((165.5, 126.5, 0.1), (header.BeamCenterX, header.BeamCenterY, header.DistanceMetres));
        Assert.Equal((0.9763, 75e-6, 60000), (header.WavelengthAngstrom, header.PixelSizeXMetres, header.SaturationValue));
        Assert.Equal((0.0, 0.1), (header.ScanStartDegrees, header.ScanIncrementDegrees));
        Assert.Equal("header.d/pixel_mask.npy", header.MaskEntry);
        Assert.Empty(made.Notes);
        JsonNode json = JsonNode.Parse(made.Json.Span)!;
        Assert.Equal(1234567, (int?)json["start"]!["user_data"]!["dcid"]);
        Assert.Equal(12699.4, (double?)json["photon_energy"]);
    }

    [Fact]
    public void The_arm_of_the_detector_is_reported_and_is_not_used_as_an_axis_of_the_sample()
    {
        StartMessage start = Read<StartMessage>("synthetic/stream2_000_start.cbor");
        var fields = (JsonObject)start.Fields.DeepClone();
        fields["goniometer"] = JsonNode.Parse(
            """{"two_theta": {"start": 20.5, "increment": 0}, "phi": {"start": 3, "increment": 0}}""");

        StreamHeader made = StreamHeader.Make(start with { Fields = fields }, null).Value;

        Assert.Equal(3, made.Header.ScanStartDegrees);
        Assert.StartsWith("The arm of the detector is at 20.5°", Assert.Single(made.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_mask_is_a_numpy_file()
    {
        StreamHeader made = StreamHeader.Make(Read<StartMessage>("synthetic/stream2_000_start.cbor"), null).Value;

        SourceArray array = Assert.Single(made.Arrays);
        NumericArray mask = NumpyFile.Read(array.File).Value;
        Assert.Equal("header.d/pixel_mask.npy", array.Path);
        Assert.Equal([253, 331], mask.Shape);
        Assert.Contains(mask.As<uint>().ToArray(), pixel => pixel != 0);
    }

    [Fact]
    public void What_the_start_of_older_firmware_leaves_out_comes_from_the_first_image()
    {
        StartMessage start = Read<StartMessage>("tickit-devices/start.cbor");

        StreamHeader made = StreamHeader.Make(start, Read<ImageMessage>("tickit-devices/image.cbor")).Value;

        Assert.False(StreamHeader.Make(start, null).IsOk);
        Assert.Equal((4362, 4148, ElementType.UInt16), (made.Header.Rows, made.Header.Columns, made.Header.Type));
        Assert.Equal(0.23715919962215962, made.Header.DistanceMetres);
        Assert.Equal(3, made.Notes.Count);
        Assert.Contains("The pixel_mask of threshold_1 of the start message was left out: it is not a typed array.", made.Notes);
        Assert.Empty(made.Arrays);
    }

    [Fact]
    public void Without_a_start_message_the_header_is_made_from_an_image_message()
    {
        StreamHeader made = StreamHeader.Make(null, Read<ImageMessage>("synthetic/stream2_001_image.cbor")).Value;

        Assert.Equal((253, 331, FrameCodec.BitshuffleLz4), (made.Header.Rows, made.Header.Columns, made.Header.Codec));
        Assert.Null(made.Header.Images);
        Assert.Contains("start of the series was not received", Assert.Single(made.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_reads_what_we_write()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "image.cbor");
        byte[] chunk = TestData.SyntheticChunk(2);
        var array = new StreamArray([253, 331], ElementType.UInt16, false, FrameCodec.BitshuffleLz4, chunk);
        var image = new ImageMessage { ImageId = 1, Channels = [new StreamArrayField("threshold_1", "threshold_1", array, null)] };
        await File.WriteAllBytesAsync(
            file, StreamMessageWriter.Image(new StreamSeriesName(1, "U"), image, new JsonObject { ["dcid"] = 5 }),
            TestContext.Current.CancellationToken);

        string said = await Python.RunAsync(
            """
            import cbor2, sys, hashlib
            m = cbor2.load(open(sys.argv[1], "rb"))
            m = getattr(m, "value", m)
            shape, numbers = m["data"]["threshold_1"].value
            name, size, chunk = numbers.value.value
            print(list(m)[0], m["image_id"], m["user_data"]["dcid"], shape, numbers.tag, numbers.value.tag, name, size, hashlib.sha256(chunk).hexdigest())
            """,
            file);

        Assert.Equal($"type 1 5 [253, 331] 69 56500 bslz4 2 {TestData.Sha256(chunk)}", said);
    }

    private static T Read<T>(string file)
        where T : StreamMessage =>
        Assert.IsType<T>(StreamMessageReader.Read(File.ReadAllBytes(TestData.Path(file))).Value);
}

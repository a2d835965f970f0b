using System.Formats.Cbor;
using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.Frames;
using Hutch.Formats.Tests.Frames;
using Hutch.Formats.Tests.Support;
using Hutch.Model;

namespace Hutch.Detectors.Tests.DectrisStream;

public sealed class StreamMessageTests
{
    [Fact]
    public void A_recorded_start_message_is_read()
    {
        StartMessage start = Read<StartMessage>("tickit-devices/start.cbor");

        Assert.Equal(15614, start.SeriesId);
        Assert.Equal("01HBV3JPF9T4ZDPADX6EMK6XMZ", start.Series);
        Assert.Equal("Dectris EIGER2 Si 16M", (string?)start.Fields["detector_description"]);
        Assert.Equal("2023-10-03T17:47:48.329000+02:00", (string?)start.Fields["arm_date"]);
        Assert.Equal(0.1, (double?)start.Fields["goniometer"]!["omega"]!["increment"]);

        // This recording has four bytes in the place of each array.
        Assert.All(start.Arrays, array => Assert.Equal("it is not a typed array", array.Problem));
        Assert.Equal(["countrate_correction_lookup_table", "flatfield", "pixel_mask"], start.Arrays.Select(array => array.Name).Order());
    }

    [Fact]
    public void A_recorded_image_has_the_bytes_of_an_hdf5_chunk()
    {
        ImageMessage image = Read<ImageMessage>("tickit-devices/image.cbor");

        StreamArrayField channel = Assert.Single(image.Channels);
        StreamArray array = channel.Array!;
        Assert.Equal("threshold_1", channel.Channel);
        Assert.Equal([4362, 4148], array.Shape);
        Assert.Equal((ElementType.UInt16, FrameCodec.BitshuffleLz4, 513_082), (array.Type, array.Codec, array.Bytes.Length));
        Assert.Equal(0, image.ImageId);
        Assert.Equal(215873 / 50e6, image.RealSeconds);
        Assert.Equal(
            "cf12323dbcdb88976a6e32f27a352d8a55b8561fc43409d87dab725dc98c0387", TestData.Sha256(array.Decode().Value.Bytes.Span));
    }

    [Fact]
    public void The_images_of_the_small_series_are_its_stored_chunks()
    {
        for (int number = 1; number <= TestData.SyntheticImages; number++)
        {
            ImageMessage image = Read<ImageMessage>($"synthetic/stream2_{number:D3}_image.cbor");

            Assert.Equal(number - 1, image.ImageId);
            Assert.Equal(TestData.SyntheticChunk(number), Assert.Single(image.Channels).Array!.Bytes.ToArray());
        }
    }

    [Fact]
    public void The_end_names_its_series() =>
        Assert.Equal("01SYNTHETIC0000000000000001", Read<EndMessage>("synthetic/stream2_999_end.cbor").Series);

    [Fact]
    public void A_message_of_another_type_is_known_by_its_name()
    {
        StreamMessage message = ReadMade(writer =>
        {
            writer.WriteTextString("type");
            writer.WriteTextString("calibration");
            writer.WriteTextString("series_id");
            writer.WriteInt32(7);
            writer.WriteTextString("what");
            writer.WriteStartArray(1);
            writer.WriteNull();
            writer.WriteEndArray();
        }).Value;

        Assert.Equal(new UnknownMessage("calibration") { SeriesId = 7 }, message);
    }

    [Fact]
    public void Unknown_fields_are_preserved_or_skipped()
    {
        StartMessage start = Assert.IsType<StartMessage>(ReadMade(writer =>
        {
            writer.WriteTextString("type");
            writer.WriteTextString("start");
            writer.WriteTextString("mood");
            writer.WriteStartMap(1);
            writer.WriteInt32(5);
            writer.WriteTag((CborTag)4711);
            writer.WriteDouble(double.NaN);
            writer.WriteEndMap();
        }).Value);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"mood": {"5": null}}"""), start.Fields));
        Assert.Equal("", start.Series);
    }

    [Fact]
    public void An_unknown_compression_is_the_problem_of_its_channel_alone()
    {
        ImageMessage image = Assert.IsType<ImageMessage>(ReadMade(writer =>
        {
            writer.WriteTextString("type");
            writer.WriteTextString("image");
            writer.WriteTextString("image_id");
            writer.WriteInt32(3);
            writer.WriteTextString("data");
            writer.WriteStartMap(2);
            writer.WriteTextString("a");
            WritePacked(writer, "zstd", 2);
            writer.WriteTextString("b");
            WritePacked(writer, "bslz4", 2);
            writer.WriteEndMap();
        }).Value);

        Assert.Equal(3, image.ImageId);
        Assert.Equal("it is compressed with 'zstd', which Hutch does not know", image.Channels[0].Problem);
        Assert.Equal([1, 2, 3], image.Channels[1].Array!.Bytes.ToArray());
    }

    [Fact]
    public void Numbers_with_the_most_significant_byte_first_are_turned_round()
    {
        ImageMessage image = Assert.IsType<ImageMessage>(ReadMade(writer =>
        {
            writer.WriteTextString("type");
            writer.WriteTextString("image");
            writer.WriteTextString("image_id");
            writer.WriteInt32(0);
            writer.WriteTextString("data");
            writer.WriteStartMap(1);
            writer.WriteTextString("");
            writer.WriteTag((CborTag)40);
            writer.WriteStartArray(2);
            writer.WriteStartArray(2);
            writer.WriteInt32(1);
            writer.WriteInt32(2);
            writer.WriteEndArray();
            writer.WriteTag((CborTag)65);
            writer.WriteByteString([1, 2, 3, 4]);
            writer.WriteEndArray();
            writer.WriteEndMap();
        }).Value);

        Assert.Equal([2, 1, 4, 3], image.Channels[0].Array!.Decode().Value.Bytes.ToArray());
    }

    [Theory]
    [InlineData("", "not CBOR")]
    [InlineData("00", "not a CBOR map")]
    [InlineData("A0", "does not begin with its type")]
    [InlineData("A1616100", "does not begin with its type")]
    [InlineData("A1 6474797065 05", "not CBOR as the stream has it")]
    [InlineData("A1 6474797065 63656E64 00", "has bytes after its end")]
    [InlineData("A1 6474797065 65696D616765", "an image has no image_id")]
    [InlineData("A2 6474797065 65696D616765 68696D6167655F6964 20", "the image_id is -1")]
    [InlineData("A2 6474797065 65696D616765 68696D6167655F6964 1A3B9AC9FF", "the image_id is 999999999")]
    [InlineData("A2 6474797065 657374617274 6161 5B7FFFFFFFFFFFFFFF", "not CBOR as the stream has it")]
    [InlineData("A2 6474797065 657374617274 6161 9B7FFFFFFFFFFFFFFF", "not CBOR as the stream has it")]
    public void A_message_that_makes_no_sense_is_refused_with_the_reason(string hex, string reason)
    {
        Result<StreamMessage> read = StreamMessageReader.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Contains(reason, read.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("image")]
    [InlineData("end")]
    public void A_message_that_is_nested_without_end_is_refused(string type)
    {
        byte[] message =
        [
            0xA2, 0x64, .. "type"u8, (byte)(0x60 + type.Length), .. System.Text.Encoding.UTF8.GetBytes(type), 0x61, (byte)'a',
            .. Enumerable.Repeat((byte)0x81, 1_000_000), 0,
        ];

        Result<StreamMessage> read = StreamMessageReader.Read(message);

        Assert.Contains("nested more than 32 deep", read.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_cut_anywhere_is_refused()
    {
        foreach (string name in new[] { "synthetic/stream2_000_start.cbor", "synthetic/stream2_001_image.cbor", "tickit-devices/end.cbor" })
        {
            byte[] message = File.ReadAllBytes(TestData.Path(name));
            for (int length = 0; length < message.Length; length += Math.Max(1, message.Length / 500))
            {
                Assert.False(StreamMessageReader.Read(message.AsMemory(0, length)).IsOk, $"{name}, {length} bytes");
            }
        }
    }

    [Fact]
    public void Damaged_messages_are_read_or_refused_and_never_more_than_that()
    {
        byte[][] good =
        [
            .. new[] { "synthetic/stream2_000_start.cbor", "synthetic/stream2_001_image.cbor", "tickit-devices/start.cbor", "tickit-devices/end.cbor" }
                .Select(name => File.ReadAllBytes(TestData.Path(name))),
        ];
        var random = new Random(20261121);
        int refused = 0, taken = 0;
        for (int round = 0; round < 40_000; round++)
        {
            byte[] message = [.. good[random.Next(good.Length)]];
            int reach = Math.Min(message.Length, 1200); // where the structure is; behind it come the pixels
            for (int damage = random.Next(1, 4); damage > 0; damage--)
            {
                message[random.Next(reach)] = random.Next(3) switch
                {
                    0 => (byte)random.Next(256),
                    1 => (byte)(message[random.Next(reach)] ^ (1 << random.Next(8))),
                    _ => message[random.Next(reach)],
                };
            }

            Result<StreamMessage> read = StreamMessageReader.Read(message);
            if (read.IsOk && read.Value is StartMessage start)
            {
                _ = StreamHeader.Make(start, null);
            }

            _ = read.IsOk ? taken++ : refused++;
        }

        Assert.True(taken > 1000 && refused > 1000, $"{taken} were read, {refused} were refused: the damage is not where it should be.");
    }

    [Fact]
    public void What_we_write_is_what_we_read()
    {
        var series = new StreamSeriesName(12, "01ABC");
        byte[] pixels = Frame.Random(64 * 48 * 2, 3, 1);
        byte[] chunk = Frame.Encode(FrameCodec.BitshuffleLz4, 2, pixels);
        var array = new StreamArray([48, 64], ElementType.UInt16, false, FrameCodec.BitshuffleLz4, chunk);
        var image = new ImageMessage
        {
            ImageId = 41,
            Channels = [new StreamArrayField("threshold_1", "threshold_1", array, null)],
            StartSeconds = 0.5,
            RealSeconds = 0.01,
        };

        var read = Assert.IsType<ImageMessage>(StreamMessageReader.Read(StreamMessageWriter.Image(series, image)).Value);

        Assert.Equal((12L, "01ABC", 41L, 0.5, 0.01), (read.SeriesId, read.Series, read.ImageId, read.StartSeconds, read.RealSeconds));
        Assert.Equal(pixels, read.Channels[0].Array!.Decode().Value.Bytes.ToArray());
    }

    private static T Read<T>(string file)
        where T : StreamMessage =>
        Assert.IsType<T>(StreamMessageReader.Read(File.ReadAllBytes(TestData.Path(file))).Value);

    private static Result<StreamMessage> ReadMade(Action<CborWriter> fields)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteStartMap(null);
        fields(writer);
        writer.WriteEndMap();
        return StreamMessageReader.Read(writer.Encode());
    }

    private static void WritePacked(CborWriter writer, string algorithm, int elementSize)
    {
        writer.WriteTag((CborTag)40);
        writer.WriteStartArray(2);
        writer.WriteStartArray(2);
        writer.WriteInt32(4);
        writer.WriteInt32(4);
        writer.WriteEndArray();
        writer.WriteTag((CborTag)69);
        writer.WriteTag((CborTag)56500);
        writer.WriteStartArray(3);
        writer.WriteTextString(algorithm);
        writer.WriteInt32(elementSize);
        writer.WriteByteString([1, 2, 3]);
        writer.WriteEndArray();
        writer.WriteEndArray();
    }
}

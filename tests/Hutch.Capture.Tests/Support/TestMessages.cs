using System.Formats.Cbor;
using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.Frames;

namespace Hutch.Capture.Tests.Support;

/// <summary>Messages of small series.</summary>
internal static class TestMessages
{
    public const int Rows = 16;
    public const int Columns = 24;

    public static byte[] Start(StreamSeriesName series, int images, params string[] channels) =>
        StreamMessageWriter.Start(series, StartFields(images, channels), []);

    public static JsonObject StartFields(int images, params string[] channels) => new()
    {
        ["image_size_x"] = Columns,
        ["image_size_y"] = Rows,
        ["image_dtype"] = "uint16",
        ["number_of_images"] = images,
        ["incident_wavelength"] = 0.9763,
        ["channels"] = new JsonArray([.. channels.Select(name => JsonValue.Create(name))]),
    };

    public static byte[] TimedImage(StreamSeriesName series, int image, string date, string hash) => StreamMessageWriter.Image(
        series,
        new ImageMessage
        {
            ImageId = image,
            Channels = [Channel("threshold_1", image)],
            StartSeconds = image * 0.02,
            StopSeconds = (image * 0.02) + 0.01,
            RealSeconds = 0.01,
            Others = new JsonObject { ["series_date"] = date, ["hash"] = hash },
        });

    /// <summary>A message of any type, with a field that nobody knows.</summary>
    public static byte[] Message(string type, StreamSeriesName series)
    {
        var writer = new CborWriter();
        writer.WriteStartMap(null);
        foreach ((string name, string value) in new[] { ("type", type), ("series_unique_id", series.UniqueId!), ("what", "happened") })
        {
            writer.WriteTextString(name);
            writer.WriteTextString(value);
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    public static byte[] Image(
        StreamSeriesName series, int image, int? seed = null, int rows = Rows, int padding = 0, FrameCodec codec = FrameCodec.BitshuffleLz4) =>
        StreamMessageWriter.Image(
            series,
            new ImageMessage { ImageId = image, Channels = [Channel("threshold_1", seed ?? 0, rows, codec)], RealSeconds = 0.01 },
            padding > 0 ? new string('x', padding) : null);

    public static StreamArrayField Channel(string name, int seed, int rows = Rows, FrameCodec codec = FrameCodec.BitshuffleLz4) =>
        new(name, name, new StreamArray([rows, Columns], ElementType.UInt16, false, codec, Chunk(seed, rows, codec)), null);

    public static byte[] Chunk(int seed, int rows = Rows, FrameCodec codec = FrameCodec.BitshuffleLz4)
    {
        byte[] pixels = new byte[rows * Columns * 2];
        new Random(seed).NextBytes(pixels);
        byte[] chunk = new byte[FrameEncoder.MaxEncodedLength(codec, pixels.Length)];
        return chunk[..FrameEncoder.Encode(codec, 2, pixels, chunk)];
    }
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// Messages of DECTRIS's stream version 1 (SIMPLON API, "Stream interface"): several ZeroMQ frames. The first is a JSON object with an
/// <c>htype</c>. They become messages of version 2, so that everything after the socket knows one version. See docs/formats/stream.md.
/// </summary>
public static partial class StreamVersion1
{
    /// <summary>The most frames of a message: a header with its three arrays and an appendix has 9.</summary>
    public const int MaxParts = 16;

    private const int MaxJsonBytes = 16 << 20;
    private const int MaxAppendixBytes = 64 << 10;
    private const int NanosecondsPerSecond = 1_000_000_000;
    private const string Channel = "threshold_1";

    private static readonly string[] Axes = ["omega", "chi", "kappa", "phi", "two_theta"];

    /// <summary>Returns true if a message begins as one of version 1: no message of version 2 begins with a brace.</summary>
    public static bool IsFirst(StreamBuffer part) => !part.IsTooLong && part.Length > 0 && part.GetSpan()[0] == '{';

    /// <summary>Reads the kind of a message, its series, and the number of its image, without the content.</summary>
    public static Result<StreamMessage> ReadHead(StreamBuffer first)
    {
        try
        {
            JsonObject head = Parse(first);
            long? series = NexusTree.Integer(head["series"]);
            return TypeOf(head) switch
            {
                "dheader" => new StartMessage { SeriesId = series, Fields = [], Arrays = [] },
                "dimage" => new ImageMessage { SeriesId = series, ImageId = NumberOf(head), Channels = [] },
                "dseries_end" => new EndMessage { SeriesId = series },
                var other => new UnknownMessage(other) { SeriesId = series },
            };
        }
        catch (Exception e) when (e is StreamFormatException or JsonException)
        {
            return Refuse(e);
        }
    }

    /// <summary>Makes one message of version 2. The parts stay with the caller.</summary>
    public static Result<StreamBuffer> ToVersion2(IReadOnlyList<StreamBuffer> parts)
    {
        try
        {
            if (parts.Any(static part => part.IsTooLong))
            {
                return ErrorCode.UnreadableFile.With("A part of the message has 2 GiB or more.");
            }

            JsonObject head = Parse(parts[0]);
            var series = new StreamSeriesName(
                NexusTree.Integer(head["series"]) ?? throw new StreamFormatException("it has no series"), null);
            return TypeOf(head) switch
            {
                "dheader" => StreamBuffer.Copy(Start(series, head, parts)),
                "dimage" => Image(series, head, parts),
                "dseries_end" => StreamBuffer.Copy(StreamMessageWriter.End(series)),
                var other => ErrorCode.UnreadableFile.With($"The message is of the unknown type {Display.Quote(other)}."),
            };
        }
        catch (Exception e) when (e is StreamFormatException or JsonException or OverflowException)
        {
            return Refuse(e);
        }
    }

    private static HutchError Refuse(Exception e) =>
        ErrorCode.UnreadableFile.With($"The message of stream version 1 cannot be read: {e.Message}");

    private static JsonObject Parse(StreamBuffer part) =>
        part.Length <= MaxJsonBytes && JsonNode.Parse(part.GetSpan()) is JsonObject found
            ? found
            : throw new StreamFormatException("a part is no JSON object");

    private static string TypeOf(JsonObject head) =>
        NexusTree.Text(head["htype"]) is { } type && type.EndsWith("-1.0", StringComparison.Ordinal)
            ? type[..^"-1.0".Length]
            : throw new StreamFormatException("it has no htype of version 1.0");

    private static long NumberOf(JsonObject head) =>
        NexusTree.Integer(head["frame"]) is >= 0 and <= ImageMessage.LargestId and { } number
            ? number
            : throw new StreamFormatException("an image has no number");

    private static byte[] Start(StreamSeriesName series, JsonObject head, IReadOnlyList<StreamBuffer> parts)
    {
        JsonObject fields = [];
        List<StreamArrayField> arrays = [];
        int next = 1;
        if (NexusTree.Text(head["header_detail"]) is "basic" or "all" && parts.Count > 1)
        {
            fields = Parse(parts[next++]);

            // Images have the number of the series alone, so another name in the configuration would separate them from their start.
            fields.Remove("series_id");
            fields.Remove("series_unique_id");
            AddFieldsOfVersion2(fields);
        }

        for (; next + 1 < parts.Count && ArrayNameOf(parts[next]) is { } name; next += 2)
        {
            arrays.Add(ArrayOf(name, Parse(parts[next]), parts[next + 1]));
        }

        if (next < parts.Count)
        {
            AddAppendix(fields, "header_appendix", parts[next]);
        }

        return StreamMessageWriter.Start(series, fields, arrays);
    }

    /// <summary>Adds the fields that version 2 names otherwise. The size of the images is that of the first.</summary>
    private static void AddFieldsOfVersion2(JsonObject fields)
    {
        if (NexusTree.Integer(fields["nimages"]) is { } images)
        {
            fields["number_of_images"] = checked(images * (NexusTree.Integer(fields["ntrigger"]) ?? 1));
        }

        var goniometer = new JsonObject();
        foreach (string axis in Axes)
        {
            if (NexusTree.Real(fields[$"{axis}_start"]) is { } start)
            {
                goniometer[axis] = new JsonObject
                {
                    ["start"] = start,
                    ["increment"] = NexusTree.Real(fields[$"{axis}_increment"]) ?? 0,
                };
            }
        }

        if (goniometer.Count > 0)
        {
            fields["goniometer"] = goniometer;
        }
    }

    private static string? ArrayNameOf(StreamBuffer part) => !IsFirst(part) ? null : TypeOf(Parse(part)) switch
    {
        "dflatfield" => "flatfield",
        "dpixelmask" => "pixel_mask",
        "dcountrate_table" => "countrate_correction_lookup_table",
        _ => null,
    };

    private static StreamArrayField ArrayOf(string name, JsonObject layout, StreamBuffer numbers)
    {
        bool isOfAll = name == "countrate_correction_lookup_table";
        var array = new StreamArray(ShapeOf(layout), ElementTypeOf(layout), false, FrameCodec.Raw, numbers.Memory);
        return array.HasRightLength
            ? new StreamArrayField(name, isOfAll ? "" : Channel, array, null)
            : throw new StreamFormatException($"the bytes of its {name} are not those of its shape");
    }

    private static Result<StreamBuffer> Image(StreamSeriesName series, JsonObject head, IReadOnlyList<StreamBuffer> parts)
    {
        if (parts.Count < 3)
        {
            throw new StreamFormatException($"an image has {parts.Count} parts, and should have 4");
        }

        JsonObject layout = Parse(parts[1]);
        StreamBuffer pixels = parts[2];
        (int[] shape, ElementType type) = (ShapeOf(layout), ElementTypeOf(layout));
        (FrameCodec codec, byte[] before) = CodecOf(layout, type, shape, pixels.GetSpan());
        JsonObject times = parts.Count > 3 ? Parse(parts[3]) : [];
        JsonObject others = [];
        if (head["hash"] is { } hash)
        {
            others["hash"] = hash.DeepClone();
        }

        if (parts.Count > 4)
        {
            AddAppendix(others, "image_appendix", parts[4]);
        }

        var array = new StreamArray(shape, type, false, codec, ReadOnlyMemory<byte>.Empty);
        var image = new ImageMessage
        {
            SeriesId = series.Id,
            ImageId = NumberOf(head),
            Channels = [new StreamArrayField(Channel, Channel, array, null)],
            StartSeconds = SecondsOf(times["start_time"]),
            StopSeconds = SecondsOf(times["stop_time"]),
            RealSeconds = SecondsOf(times["real_time"]),
            Others = others.Count > 0 ? others : null,
        };
        ReadOnlySpan<byte> sent = codec == FrameCodec.Raw && before.Length > 0 ? [] : pixels.GetSpan();
        return StreamMessageWriter.Image(series, image, NanosecondsPerSecond, before, sent);
    }

    /// <summary>
    /// Returns the codec of an image, and the bytes before its own that make it a chunk of HDF5: <c>bslz4</c> has them already, <c>lz4</c>
    /// is a block of LZ4 alone. A block that is as long as the image would count as unpacked there; its pixels are returned instead of it.
    /// </summary>
    private static (FrameCodec Codec, byte[] Before) CodecOf(
        JsonObject layout, ElementType type, int[] shape, ReadOnlySpan<byte> packed)
    {
        string encoding = NexusTree.Text(layout["encoding"]) ?? "<";
        Match match = EncodingPattern().Match(encoding);
        if (!match.Success || (match.Groups["order"].Value == ">" && type.Size() > 1))
        {
            throw new StreamFormatException($"its images have the encoding {Display.Quote(encoding)}, which is not read");
        }

        long bytes = shape.Aggregate((long)type.Size(), static (all, each) => checked(all * each));
        if (match.Groups["bits"].Success)
        {
            return match.Groups["bits"].Value == (type.Size() * 8).ToString(CultureInfo.InvariantCulture)
                ? (FrameCodec.BitshuffleLz4, [])
                : throw new StreamFormatException($"its pixels have {type.Size()} bytes and are packed as {Display.Quote(encoding)}");
        }

        if (!match.Groups["packed"].Success)
        {
            return (FrameCodec.Raw, []);
        }

        if (bytes > Array.MaxLength)
        {
            throw new StreamFormatException($"its images have {bytes} bytes");
        }

        if (packed.Length != bytes)
        {
            return (FrameCodec.Lz4, Lz4Framing.HeadOfOneBlock((int)bytes, packed.Length));
        }

        byte[] pixels = new byte[bytes];
        return Lz4Framing.TryUnpack(packed, pixels)
            ? (FrameCodec.Raw, pixels)
            : throw new StreamFormatException("an image is damaged");
    }

    /// <summary>Columns and rows come in this order; ours is the opposite.</summary>
    private static int[] ShapeOf(JsonObject layout)
    {
        int[] shape = [.. (layout["shape"] as JsonArray ?? []).Select(static length =>
            NexusTree.Integer(length) is > 0 and <= int.MaxValue and { } known ? (int)known : 0).Reverse()];
        return shape is [1, _, _] ? shape[1..]
            : shape.Length is 1 or 2 && !shape.Contains(0) ? shape
            : throw new StreamFormatException("it has no shape of columns and rows");
    }

    private static ElementType ElementTypeOf(JsonObject layout) =>
        NexusTree.Text(layout["type"]) is { } name && ElementTypes.TryParse(name, out ElementType type)
            ? type
            : throw new StreamFormatException("it has numbers of an unknown type");

    private static double? SecondsOf(JsonNode? nanoseconds) => NexusTree.Real(nanoseconds) / NanosecondsPerSecond;

    /// <summary>
    /// Adds the text that the user gave the detector for its messages, which is the user data of version 2 if it is a JSON object. Of bytes
    /// that are no text, the number is noted.
    /// </summary>
    private static void AddAppendix(JsonObject fields, string name, StreamBuffer part)
    {
        string text = Encoding.UTF8.GetString(part.GetSpan()[..Math.Min(part.Length, MaxAppendixBytes)]);
        if (text.Contains('\uFFFD') || part.Length > MaxAppendixBytes)
        {
            fields[name] = $"{part.Length} bytes";
            return;
        }

        try
        {
            if (JsonNode.Parse(text) is JsonObject userData)
            {
                fields["user_data"] = userData;
                return;
            }
        }
        catch (JsonException)
        {
            // Any text is allowed.
        }

        fields[name] = text;
    }

    [GeneratedRegex("^(?:bs(?<bits>8|16|32)-)?(?<packed>lz4)?(?<order>[<>])?$")]
    private static partial Regex EncodingPattern();
}

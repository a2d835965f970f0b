using System.Buffers.Binary;
using System.Text.Json;

namespace Hutch.Detectors.DectrisStream;

/// <summary>Writes messages as a detector sends them: for the simulator, tests, and messages of stream version 1.</summary>
public static class StreamMessageWriter
{
    /// <summary>The clock of the times of images, in Hz, as in real recordings.</summary>
    private const int Clock = 50_000_000;

    // A byte string with a length of four bytes (RFC 8949, section 3.1).
    private const byte LongByteString = 0x5A;
    private const int StringHeadBytes = 1 + sizeof(int);

    /// <summary>A start message with these fields, and masks and flat fields by channel.</summary>
    public static byte[] Start(StreamSeriesName series, JsonObject fields, IReadOnlyList<StreamArrayField> arrays)
    {
        CborWriter writer = Begin("start", series);
        foreach ((string name, JsonNode? value) in fields)
        {
            writer.WriteTextString(name);
            WriteJson(writer, value);
        }

        foreach (IGrouping<string, StreamArrayField> field in arrays.GroupBy(static array => array.Name))
        {
            writer.WriteTextString(field.Key);
            if (field.First() is { Channel: "", Array: { } ofAll })
            {
                WriteArray(writer, ofAll);
                continue;
            }

            writer.WriteStartMap(field.Count());
            foreach (StreamArrayField one in field)
            {
                writer.WriteTextString(one.Channel);
                WriteArray(writer, one.Array!);
            }

            writer.WriteEndMap();
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>An image message whose only channel gets its bytes here: that of the given image must be empty.</summary>
    /// <param name="clock">The clock of the times, in Hz.</param>
    /// <param name="before">Bytes before the others.</param>
    public static StreamBuffer Image(
        StreamSeriesName series, ImageMessage image, int clock, ReadOnlySpan<byte> before, ReadOnlySpan<byte> pixels)
    {
        // It ends with an empty byte string and the end of the map, whose places the pixels take.
        ReadOnlySpan<byte> frame = Image(series, image, clock: clock);
        ReadOnlySpan<byte> head = frame[..^2];
        int length = checked(before.Length + pixels.Length);
        var message = new StreamBuffer(head.Length + StringHeadBytes + (long)length + 1);
        Span<byte> target = message.GetSpan();
        head.CopyTo(target);
        target[head.Length] = LongByteString;
        BinaryPrimitives.WriteInt32BigEndian(target[(head.Length + 1)..], length);
        before.CopyTo(target[(head.Length + StringHeadBytes)..]);
        pixels.CopyTo(target[(head.Length + StringHeadBytes + before.Length)..]);
        target[^1] = frame[^1];
        return message;
    }

    public static byte[] Image(StreamSeriesName series, ImageMessage image, JsonNode? userData = null, int clock = Clock)
    {
        CborWriter writer = Begin("image", series);
        writer.WriteTextString("image_id");
        writer.WriteInt64(image.ImageId);
        WriteSeconds(writer, "real_time", image.RealSeconds, clock);
        WriteSeconds(writer, "start_time", image.StartSeconds, clock);
        WriteSeconds(writer, "stop_time", image.StopSeconds, clock);
        foreach ((string name, JsonNode? value) in image.Others ?? [])
        {
            writer.WriteTextString(name);
            WriteJson(writer, value);
        }

        if (userData is not null)
        {
            writer.WriteTextString("user_data");
            WriteJson(writer, userData);
        }

        writer.WriteTextString("data");
        writer.WriteStartMap(image.Channels.Count);
        foreach (StreamArrayField channel in image.Channels)
        {
            writer.WriteTextString(channel.Channel);
            WriteArray(writer, channel.Array!);
        }

        writer.WriteEndMap();
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static byte[] End(StreamSeriesName series)
    {
        CborWriter writer = Begin("end", series);
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Returns a message about the copies of a series, with the same names of the series as its end.</summary>
    /// <param name="dropped">The number of images that were not copied.</param>
    /// <param name="lastImage">The largest number of an image; null when there was none.</param>
    public static byte[] Copies(StreamMessage end, long dropped, long? lastImage)
    {
        CborWriter writer = Begin(CopiesMessage.Type, end.SeriesId, end.SeriesUniqueId);
        writer.WriteTextString("dropped");
        writer.WriteInt64(dropped);
        if (lastImage is { } last)
        {
            writer.WriteTextString("last_image_id");
            writer.WriteInt64(last);
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    private static CborWriter Begin(string type, StreamSeriesName series) => Begin(type, series.Id, series.UniqueId);

    private static CborWriter Begin(string type, long? seriesId, string? uniqueId)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteTag(CborTag.SelfDescribeCbor);
        writer.WriteStartMap(null);
        writer.WriteTextString("type");
        writer.WriteTextString(type);
        if (seriesId is { } id)
        {
            writer.WriteTextString("series_id");
            writer.WriteInt64(id);
        }

        if (uniqueId is not null)
        {
            writer.WriteTextString("series_unique_id");
            writer.WriteTextString(uniqueId);
        }

        return writer;
    }

    private static void WriteSeconds(CborWriter writer, string name, double? seconds, int clock)
    {
        if (seconds is { } value)
        {
            writer.WriteTextString(name);
            writer.WriteStartArray(2);
            writer.WriteInt64((long)Math.Round(value * clock));
            writer.WriteInt64(clock);
            writer.WriteEndArray();
        }
    }

    private static void WriteArray(CborWriter writer, StreamArray array)
    {
        writer.WriteTag(TypedArrays.RowMajorArray);
        writer.WriteStartArray(2);
        writer.WriteStartArray(array.Shape.Count);
        foreach (int length in array.Shape)
        {
            writer.WriteInt32(length);
        }

        writer.WriteEndArray();
        writer.WriteTag(TypedArrays.TagOf(array.Type));
        if (array.Codec == FrameCodec.Raw)
        {
            writer.WriteByteString(array.Bytes.Span);
        }
        else
        {
            bool isShuffled = array.Codec == FrameCodec.BitshuffleLz4;
            writer.WriteTag(TypedArrays.Compressed);
            writer.WriteStartArray(3);
            writer.WriteTextString(isShuffled ? "bslz4" : "lz4");
            writer.WriteInt32(isShuffled ? array.Type.Size() : 0);
            writer.WriteByteString(array.Bytes.Span);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteJson(CborWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartMap(map.Count);
                foreach ((string name, JsonNode? value) in map)
                {
                    writer.WriteTextString(name);
                    WriteJson(writer, value);
                }

                writer.WriteEndMap();
                break;
            case JsonArray array:
                writer.WriteStartArray(array.Count);
                foreach (JsonNode? value in array)
                {
                    WriteJson(writer, value);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteScalar(writer, node);
                break;
        }
    }

    private static void WriteScalar(CborWriter writer, JsonNode? node)
    {
        switch (node?.GetValueKind())
        {
            case JsonValueKind.String:
                writer.WriteTextString(node.GetValue<string>());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(node.GetValue<bool>());
                break;
            case JsonValueKind.Number when NexusTree.Integer(node) is { } whole:
                writer.WriteInt64(whole);
                break;
            case JsonValueKind.Number:
                writer.WriteDouble(NexusTree.Real(node)!.Value);
                break;
            default:
                writer.WriteNull();
                break;
        }
    }
}

/// <summary>The names of a series: the detector's number, and one that no other series has.</summary>
/// <param name="Id">Counted from 1 since the detector's start.</param>
/// <param name="UniqueId">Null for stream version 1 and older firmware, which have none.</param>
public readonly record struct StreamSeriesName(long Id, string? UniqueId);

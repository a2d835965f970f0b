namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// Reads messages of DECTRIS's stream version 2 (https://github.com/dectris/documentation, <c>stream_v2</c>; CBOR is RFC 8949, typed arrays
/// are RFC 8746). Foreign bytes never do more than to be refused: depth, counts and sizes are bounded, and arrays are parts of the message.
/// </summary>
public static class StreamMessageReader
{
    public static Result<StreamMessage> Read(ReadOnlyMemory<byte> message)
    {
        try
        {
            return ReadMap(new CborReader(message, CborConformanceMode.Lax), message);
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or FormatException)
        {
            // That a reader of CBOR throws InvalidOperationException says only that the next item is of another kind.
            return ErrorCode.UnreadableFile.With($"The message is not CBOR as the stream has it: {e.Message}");
        }
        catch (StreamFormatException e)
        {
            return ErrorCode.UnreadableFile.With($"The message cannot be read: {e.Message}");
        }
    }

    private static Result<StreamMessage> ReadMap(CborReader reader, ReadOnlyMemory<byte> message)
    {
        CborValues.SkipTags(reader);
        if (reader.PeekState() != CborReaderState.StartMap)
        {
            return ErrorCode.UnreadableFile.With("The message is not a CBOR map.");
        }

        reader.ReadStartMap();
        if (reader.PeekState() == CborReaderState.EndMap || reader.ReadTextString() != "type")
        {
            return ErrorCode.UnreadableFile.With("The message does not begin with its type.");
        }

        string type = reader.ReadTextString();
        StreamMessage read = type switch
        {
            "start" => ReadStart(reader, message),
            "image" => ReadImage(reader, message),
            "end" => ReadEnd(reader, message),
            CopiesMessage.Type => ReadCopies(reader),
            _ => ReadUnknown(reader, new UnknownMessage(type)),
        };
        return reader.BytesRemaining == 0
            ? read
            : ErrorCode.UnreadableFile.With("The message has bytes after its end.");
    }

    private static StartMessage ReadStart(CborReader reader, ReadOnlyMemory<byte> message)
    {
        var fields = new JsonObject();
        var arrays = new List<StreamArrayField>();
        while (CborValues.TryReadKey(reader) is { } key)
        {
            switch (key)
            {
                case "flatfield" or "pixel_mask":
                    ReadByChannel(reader, message, arrays, key);
                    break;
                case "countrate_correction_lookup_table":
                    arrays.Add(TypedArrays.ReadField(reader, message, key, ""));
                    break;
                default:
                    fields[key] = CborValues.Read(reader);
                    break;
            }
        }

        return new StartMessage
        {
            SeriesId = NexusTree.Integer(fields["series_id"]),
            SeriesUniqueId = NexusTree.Text(fields["series_unique_id"]),
            Fields = fields,
            Arrays = arrays,
        };
    }

    private static void ReadByChannel(
        CborReader reader, ReadOnlyMemory<byte> message, List<StreamArrayField> arrays, string name)
    {
        reader.ReadStartMap();
        while (CborValues.TryReadKey(reader) is { } channel)
        {
            arrays.Add(TypedArrays.ReadField(reader, message, name, StreamChannel.NameOf(channel)));
        }
    }

    private static ImageMessage ReadImage(CborReader reader, ReadOnlyMemory<byte> message)
    {
        long? seriesId = null, imageId = null;
        string? uniqueId = null;
        double? start = null, stop = null, real = null;
        JsonObject? others = null;
        var channels = new List<StreamArrayField>(1);
        while (CborValues.TryReadKey(reader) is { } key)
        {
            switch (key)
            {
                case "series_id":
                    seriesId = reader.ReadInt64();
                    break;
                case "series_unique_id":
                    uniqueId = reader.ReadTextString();
                    break;
                case "image_id":
                    imageId = reader.ReadInt64();
                    break;
                case "start_time":
                    start = CborValues.ReadSeconds(reader);
                    break;
                case "stop_time":
                    stop = CborValues.ReadSeconds(reader);
                    break;
                case "real_time":
                    real = CborValues.ReadSeconds(reader);
                    break;
                case "data":
                    reader.ReadStartMap();
                    while (CborValues.TryReadKey(reader) is { } channel)
                    {
                        string name = StreamChannel.NameOf(channel);
                        channels.Add(TypedArrays.ReadField(reader, message, name, name));
                    }

                    break;
                default:
                    (others ??= [])[key] = CborValues.ReadOrMeasure(reader, message);
                    break;
            }
        }

        return new ImageMessage
        {
            SeriesId = seriesId,
            SeriesUniqueId = uniqueId,
            ImageId = CheckedId(imageId ?? throw new StreamFormatException("an image has no image_id")),
            Channels = channels,
            StartSeconds = start,
            StopSeconds = stop,
            RealSeconds = real,
            Others = others,
        };
    }

    private static long CheckedId(long id) =>
        id is >= 0 and <= ImageMessage.LargestId ? id : throw new StreamFormatException($"the image_id is {id}");

    private static EndMessage ReadEnd(CborReader reader, ReadOnlyMemory<byte> message)
    {
        var end = new EndMessage();
        while (CborValues.TryReadKey(reader) is { } key)
        {
            switch (key)
            {
                case "series_id":
                    end = end with { SeriesId = reader.ReadInt64() };
                    break;
                case "series_unique_id":
                    end = end with { SeriesUniqueId = reader.ReadTextString() };
                    break;
                default:
                    end = end with { Others = end.Others ?? [] };
                    end.Others[key] = CborValues.ReadOrMeasure(reader, message);
                    break;
            }
        }

        return end;
    }

    private static CopiesMessage ReadCopies(CborReader reader)
    {
        var copies = new CopiesMessage { Dropped = 0 };
        while (CborValues.TryReadKey(reader) is { } key)
        {
            switch (key)
            {
                case "series_id":
                    copies = copies with { SeriesId = reader.ReadInt64() };
                    break;
                case "series_unique_id":
                    copies = copies with { SeriesUniqueId = reader.ReadTextString() };
                    break;
                case "dropped":
                    copies = copies with { Dropped = Math.Max(0, reader.ReadInt64()) };
                    break;
                case "last_image_id":
                    copies = copies with { LastImage = CheckedId(reader.ReadInt64()) };
                    break;
                default:
                    CborValues.Skip(reader);
                    break;
            }
        }

        return copies;
    }

    private static UnknownMessage ReadUnknown(CborReader reader, UnknownMessage message)
    {
        while (CborValues.TryReadKey(reader) is { } key)
        {
            switch (key)
            {
                case "series_id":
                    message = message with { SeriesId = reader.ReadInt64() };
                    break;
                case "series_unique_id":
                    message = message with { SeriesUniqueId = reader.ReadTextString() };
                    break;
                default:
                    CborValues.Skip(reader);
                    break;
            }
        }

        return message;
    }
}

/// <summary>A message that is CBOR but not what the stream has there.</summary>
internal sealed class StreamFormatException(string message) : Exception(message);

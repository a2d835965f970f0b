namespace Hutch.Detectors.DectrisStream;

/// <summary>Reads values of CBOR whose kind is not known, within bounds.</summary>
internal static class CborValues
{
    private const int MaxDepth = 32;
    private const int MaxValues = 100_000;
    private const int MaxInlineBytes = 4096;

    /// <summary>The longest field of an image or an end that is read, and not only measured.</summary>
    private const int MaxFieldBytes = 64 << 10;

    /// <summary>The next key of a map; null after its end, which is read then.</summary>
    public static string? TryReadKey(CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.EndMap)
        {
            return reader.ReadTextString();
        }

        reader.ReadEndMap();
        return null;
    }

    public static void SkipTags(CborReader reader)
    {
        while (reader.PeekState() == CborReaderState.Tag)
        {
            reader.ReadTag();
        }
    }

    public static void Skip(CborReader reader)
    {
        // CborReader.SkipValue keeps a record for each open container, however deep the message goes.
        int depth = 0;
        do
        {
            SkipTags(reader);
            switch (reader.PeekState())
            {
                case CborReaderState.StartArray:
                    reader.ReadStartArray();
                    depth = Deeper(depth);
                    break;
                case CborReaderState.StartMap:
                    reader.ReadStartMap();
                    depth = Deeper(depth);
                    break;
                case CborReaderState.EndArray:
                    reader.ReadEndArray();
                    depth--;
                    break;
                case CborReaderState.EndMap:
                    reader.ReadEndMap();
                    depth--;
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }
        while (depth > 0);
    }

    /// <summary>Reads the next value as JSON; of a very long one, only its length.</summary>
    public static JsonNode? ReadOrMeasure(CborReader reader, ReadOnlyMemory<byte> message)
    {
        int start = message.Length - reader.BytesRemaining;
        Skip(reader);
        ReadOnlyMemory<byte> value = message[start..(message.Length - reader.BytesRemaining)];
        return value.Length <= MaxFieldBytes ? Read(new CborReader(value, CborConformanceMode.Lax)) : Measure(value.Length);
    }

    /// <summary>A rational number of seconds, [numerator, denominator]; null for anything else.</summary>
    public static double? ReadSeconds(CborReader reader) =>
        Read(reader) is JsonArray { Count: 2 } pair
        && NexusTree.Real(pair[0]) is { } numerator && NexusTree.Real(pair[1]) is { } denominator && denominator != 0
            ? numerator / denominator
            : null;

    /// <summary>
    /// Reads the next value as JSON. Values without a JSON form are approximated: dates and large numbers as text, infinities as null,
    /// short bytes as base64, long ones by their length.
    /// </summary>
    public static JsonNode? Read(CborReader reader)
    {
        int left = MaxValues;
        return Read(reader, 0, ref left);
    }

    private static JsonNode? Read(CborReader reader, int depth, ref int left)
    {
        if (--left < 0)
        {
            throw new StreamFormatException($"a field has more than {MaxValues} values");
        }

        SkipTags(reader);
        switch (reader.PeekState())
        {
            case CborReaderState.StartMap:
                return ReadMap(reader, Deeper(depth), ref left);
            case CborReaderState.StartArray:
                return ReadArray(reader, Deeper(depth), ref left);
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                return JsonValue.Create(reader.ReadTextString());
            case CborReaderState.UnsignedInteger:
                return JsonValue.Create(reader.ReadUInt64());
            case CborReaderState.NegativeInteger:
                return JsonValue.Create(reader.ReadInt64());
            case CborReaderState.Boolean:
                return JsonValue.Create(reader.ReadBoolean());
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                double number = reader.ReadDouble();
                return double.IsFinite(number) ? JsonValue.Create(number) : null;
            case CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString:
                ReadOnlyMemory<byte> bytes = TypedArrays.ReadBytes(reader);
                return bytes.Length <= MaxInlineBytes
                    ? JsonValue.Create(Convert.ToBase64String(bytes.Span))
                    : Measure(bytes.Length);
            default:
                reader.SkipValue(); // null, undefined and other simple values
                return null;
        }
    }

    private static JsonObject ReadMap(CborReader reader, int depth, ref int left)
    {
        var map = new JsonObject();
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            string key = Read(reader, depth, ref left)?.ToString() ?? "null";
            map[key] = Read(reader, depth, ref left);
        }

        reader.ReadEndMap();
        return map;
    }

    private static JsonArray ReadArray(CborReader reader, int depth, ref int left)
    {
        var array = new JsonArray();
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            array.Add(Read(reader, depth, ref left));
        }

        reader.ReadEndArray();
        return array;
    }

    private static JsonValue Measure(int bytes) => JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"({bytes} bytes)"));

    private static int Deeper(int depth) =>
        depth < MaxDepth ? depth + 1 : throw new StreamFormatException($"it is nested more than {MaxDepth} deep");
}

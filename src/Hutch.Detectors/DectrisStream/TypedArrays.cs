namespace Hutch.Detectors.DectrisStream;

/// <summary>Reads and names the stream's arrays: tag 40 around a typed array (RFC 8746), maybe compressed (DECTRIS's tag 56500).</summary>
internal static class TypedArrays
{
    public const CborTag RowMajorArray = (CborTag)40;
    public const CborTag Compressed = (CborTag)56500;
    private const CborTag ColumnMajorArray = (CborTag)1040;
    private const int MaxDimensions = 8;

    /// <summary>The tags of typed arrays of numbers (RFC 8746, section 2.1); of two for a type, the usual one first.</summary>
    private static readonly (ulong Tag, ElementType Type, bool IsBigEndian)[] Tags =
    [
        (64, ElementType.UInt8, false), (68, ElementType.UInt8, false),
        (65, ElementType.UInt16, true), (66, ElementType.UInt32, true), (67, ElementType.UInt64, true),
        (69, ElementType.UInt16, false), (70, ElementType.UInt32, false), (71, ElementType.UInt64, false),
        (72, ElementType.Int8, false),
        (73, ElementType.Int16, true), (74, ElementType.Int32, true), (75, ElementType.Int64, true),
        (77, ElementType.Int16, false), (78, ElementType.Int32, false), (79, ElementType.Int64, false),
        (81, ElementType.Float32, true), (82, ElementType.Float64, true),
        (85, ElementType.Float32, false), (86, ElementType.Float64, false),
    ];

    /// <summary>The tag of an array of numbers with the least significant byte first.</summary>
    public static CborTag TagOf(ElementType type) => (CborTag)Tags.First(known => known.Type == type && !known.IsBigEndian).Tag;

    /// <summary>Reads the array of a field; an invalid one is a problem of this field alone.</summary>
    /// <param name="channel">The channel of an array that each channel has of its own; else empty.</param>
    public static StreamArrayField ReadField(CborReader reader, ReadOnlyMemory<byte> message, string name, string channel)
    {
        int start = message.Length - reader.BytesRemaining;
        CborValues.Skip(reader);
        ReadOnlyMemory<byte> value = message[start..(message.Length - reader.BytesRemaining)];
        try
        {
            return new StreamArrayField(name, channel, Read(new CborReader(value, CborConformanceMode.Lax)), null);
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException)
        {
            return new StreamArrayField(name, channel, null, "it is not a typed array");
        }
        catch (StreamFormatException e)
        {
            return new StreamArrayField(name, channel, null, e.Message);
        }
    }

    /// <summary>The bytes of a byte string: part of the message, unless it came in pieces.</summary>
    public static ReadOnlyMemory<byte> ReadBytes(CborReader reader) =>
        reader.PeekState() == CborReaderState.ByteString ? reader.ReadDefiniteLengthByteString() : reader.ReadByteString();

    private static StreamArray Read(CborReader reader)
    {
        List<int>? shape = null;
        CborTag tag = reader.ReadTag();
        if (tag is RowMajorArray or ColumnMajorArray)
        {
            reader.ReadStartArray();
            shape = ReadShape(reader);
            if (tag == ColumnMajorArray && shape.Count > 1)
            {
                throw new StreamFormatException("its numbers are ordered by column, which Hutch does not read");
            }

            tag = reader.ReadTag();
        }

        (ElementType type, bool isBigEndian) = TypeOf(tag);
        (FrameCodec codec, ReadOnlyMemory<byte> bytes) = ReadPacked(reader, type);
        if (codec == FrameCodec.Raw)
        {
            shape ??= [bytes.Length / type.Size()];
        }

        return new StreamArray(
            shape ?? throw new StreamFormatException("it is compressed and does not say its size"), type, isBigEndian, codec, bytes);
    }

    private static List<int> ReadShape(CborReader reader)
    {
        var shape = new List<int>(2);
        long numbers = 1;
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            uint length = reader.ReadUInt32();
            numbers = checked(numbers * length);
            if (shape.Count == MaxDimensions || length == 0 || numbers > int.MaxValue)
            {
                throw new StreamFormatException("its size is not that of an array of numbers");
            }

            shape.Add((int)length);
        }

        reader.ReadEndArray();
        return shape;
    }

    private static (FrameCodec Codec, ReadOnlyMemory<byte> Bytes) ReadPacked(CborReader reader, ElementType type)
    {
        if (reader.PeekState() != CborReaderState.Tag)
        {
            return (FrameCodec.Raw, ReadBytes(reader));
        }

        CborTag tag = reader.ReadTag();
        if (tag != Compressed)
        {
            throw new StreamFormatException($"its bytes have the tag {(ulong)tag}, which Hutch does not know");
        }

        reader.ReadStartArray();
        string algorithm = reader.ReadTextString();
        uint elementSize = reader.ReadUInt32();
        FrameCodec codec = algorithm switch
        {
            "bslz4" => FrameCodec.BitshuffleLz4,
            "lz4" => FrameCodec.Lz4,
            _ => throw new StreamFormatException($"it is compressed with {Short(algorithm)}, which Hutch does not know"),
        };
        if (codec == FrameCodec.BitshuffleLz4 && elementSize != type.Size())
        {
            throw new StreamFormatException($"its numbers have {type.Size()} bytes and are compressed as if they had {elementSize}");
        }

        return (codec, ReadBytes(reader));
    }

    private static (ElementType Type, bool IsBigEndian) TypeOf(CborTag tag)
    {
        foreach ((ulong known, ElementType type, bool isBigEndian) in Tags)
        {
            if (known == (ulong)tag)
            {
                return (type, isBigEndian);
            }
        }

        throw new StreamFormatException($"its numbers have the tag {(ulong)tag}, which Hutch does not know");
    }

    private static string Short(string text) => Display.Quote(text.Length > 40 ? text[..40] : text);
}

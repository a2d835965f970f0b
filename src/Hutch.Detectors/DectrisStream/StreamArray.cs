using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// Numbers as a stream sends them: a typed array (RFC 8746), perhaps compressed. Compressed bytes are exactly the chunk of the HDF5 filter
/// of that name, so they are stored as they are.
/// </summary>
/// <param name="Shape">The lengths, slowest first.</param>
/// <param name="IsBigEndian">Whether the numbers, once unpacked, have their most significant byte first.</param>
public sealed record StreamArray(
    IReadOnlyList<int> Shape, ElementType Type, bool IsBigEndian, FrameCodec Codec, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Bytes of the numbers, unpacked.</summary>
    public long DecodedBytes => Shape.Aggregate((long)Type.Size(), static (bytes, length) => bytes * length);

    /// <summary>True if the bytes match numbers of this size and type: a packed chunk begins with the unpacked length.</summary>
    public bool HasRightLength => DecodedBytes == Codec switch
    {
        FrameCodec.Raw => Bytes.Length,
        _ => BinaryPrimitives.TryReadInt64BigEndian(Bytes.Span, out long length) ? length : -1,
    };

    /// <summary>Unpacks the numbers, least significant byte first.</summary>
    public Result<NumericArray> Decode()
    {
        if (DecodedBytes > Array.MaxLength)
        {
            return ErrorCode.TooLarge.With($"it has {DecodedBytes} bytes");
        }

        byte[] numbers = new byte[DecodedBytes];
        FrameDecodeError error = FrameDecoder.TryDecode(Codec, Math.Min(Type.Size(), 4), 0, Bytes.Span, numbers);
        if (error != FrameDecodeError.None)
        {
            return ErrorCode.UnreadableFile.With(error.Describe());
        }

        if (IsBigEndian)
        {
            Swap(numbers, Type.Size());
        }

        return new NumericArray(Type, Shape, numbers);
    }

    private static void Swap(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2:
                Span<ushort> shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                Span<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            case 8:
                Span<ulong> longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
            default:
                break;
        }
    }
}

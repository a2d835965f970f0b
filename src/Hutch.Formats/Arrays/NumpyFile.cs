using Hutch.Formats.Frames;

namespace Hutch.Formats.Arrays;

/// <summary>
/// numpy's file format, version 1.0. It stores masks and flat fields, because every scientist can open it. See
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. Arrays that are read as a whole are row-major and little-endian
/// only.
/// </summary>
public static class NumpyFile
{
    public const string ContentType = "application/x-npy";

    /// <summary>The bytes before the numbers, at most.</summary>
    public const int MaxHeaderBytes = PreambleBytes + ushort.MaxValue;

    private const int PreambleBytes = 10;
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => "NUMPY"u8;

    /// <summary>The bytes of a numpy file with this array.</summary>
    public static byte[] Write(NumericArray array)
    {
        byte[] file = new byte[HeaderBytes(array.Type.NumpyDescription(), [.. array.Shape]) + array.Bytes.Length];
        array.Bytes.Span.CopyTo(file.AsSpan(WriteHeader(file, array.Type.NumpyDescription(), [.. array.Shape])));
        return file;
    }

    /// <summary>The number of bytes before the numbers.</summary>
    /// <param name="shape">The lengths, slowest first.</param>
    public static int HeaderBytes(string type, IReadOnlyList<long> shape) =>
        (PreambleBytes + Header(type, shape).Length + 1 + Alignment - 1) / Alignment * Alignment;

    /// <summary>Writes what comes before the numbers, and returns how long it is.</summary>
    public static int WriteHeader(Span<byte> file, string type, IReadOnlyList<long> shape)
    {
        int total = HeaderBytes(type, shape);
        file[0] = 0x93;
        Magic.CopyTo(file[1..]);
        file[6] = 1;
        file[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(file[8..], checked((ushort)(total - PreambleBytes)));
        Span<byte> text = file[PreambleBytes..total];
        text.Fill((byte)' ');
        Encoding.ASCII.GetBytes(Header(type, shape), text);
        text[^1] = (byte)'\n';
        return total;
    }

    /// <summary>Reads an array; the result shares the memory of <paramref name="file"/>.</summary>
    public static Result<NumericArray> Read(ReadOnlyMemory<byte> file) => ReadLayout(file.Span, file.Length).Then<NumericArray>(
        layout => new NumericArray(layout.Type, layout.Shape, file[layout.Offset..]));

    /// <summary>Reads where the numbers are, and of what kind.</summary>
    /// <param name="bytes">The beginning of the file: <see cref="MaxHeaderBytes"/>, or all of it.</param>
    public static Result<NumericLayout> ReadLayout(ReadOnlySpan<byte> bytes, long fileBytes)
    {
        if (!NumpyHeader.Read(bytes).TryGet(out NumpyHeader? header, out HutchError? refusal))
        {
            return refusal;
        }

        return !header.IsColumnMajor && ElementTypes.TryParseNumpyDescription(header.Type, out ElementType type)
            ? CheckShape(type, header, fileBytes)
            : ErrorCode.UnreadableFile.With("The numpy array is not of a little-endian number type in row order.");
    }

    private static string Header(string type, IReadOnlyList<long> shape)
    {
        string lengths = string.Join(", ", shape.Select(static n => n.ToString(CultureInfo.InvariantCulture)));
        string tuple = shape.Count == 1 ? lengths + "," : lengths;
        return $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({tuple}), }}";
    }

    private static Result<NumericLayout> CheckShape(ElementType type, NumpyHeader header, long fileBytes)
    {
        long expected = type.Size();
        foreach (long length in header.Shape)
        {
            if (length > int.MaxValue || (expected *= length) > int.MaxValue)
            {
                return ErrorCode.TooLarge.With("The numpy array is larger than 2 GiB.");
            }
        }

        return expected == fileBytes - header.Offset
            ? new NumericLayout(type, [.. header.Shape.Select(static length => (int)length)], header.Offset)
            : ErrorCode.UnreadableFile.With(
                $"The numpy array has {fileBytes - header.Offset} bytes of numbers; its shape needs {expected}.");
    }
}

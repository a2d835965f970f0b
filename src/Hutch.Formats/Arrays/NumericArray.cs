using Hutch.Formats.Frames;

namespace Hutch.Formats.Arrays;

/// <summary>Numbers in rows: a mask, a flat field.</summary>
/// <param name="Shape">The lengths, slowest first.</param>
/// <param name="Bytes">The numbers, row by row, little-endian.</param>
public sealed record NumericArray(ElementType Type, IReadOnlyList<int> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The numbers as <typeparamref name="T"/>, which must have the size of <see cref="Type"/>.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        return size == Type.Size()
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new InvalidOperationException($"The numbers have {Type.Size()} bytes, not {size}.");
    }
}

/// <param name="Shape">The lengths, slowest first.</param>
/// <param name="Offset">The first byte of the numbers; the last is that of the file.</param>
public sealed record NumericLayout(ElementType Type, IReadOnlyList<int> Shape, int Offset);

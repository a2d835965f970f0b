using System.Numerics;
using System.Runtime.InteropServices;
using Hutch.Analysis.Memory;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Spots;

/// <summary>Which pixels of a detector may be used, in the form that the kernels read. Immutable; share one for all frames.</summary>
internal sealed class DetectorMask : IDisposable
{
    private const byte Valid = 0xFF;

    // 0xFF for a valid pixel and 0 for an invalid one: sign extension makes a lane mask of it.
    private readonly NativeBytes _bytes;

    private DetectorMask(int width, int height, NativeBytes bytes)
    {
        Width = width;
        Height = height;
        _bytes = bytes;
    }

    /// <summary>Pixels along x, the fast axis.</summary>
    public int Width { get; }

    /// <summary>Pixels along y, the slow axis.</summary>
    public int Height { get; }

    /// <summary>One byte a pixel, row by row: 0xFF valid, 0 not.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>Frees its memory, when no frame needs it any more.</summary>
    public void Dispose() => _bytes.Dispose();

    public static DetectorMask AllValid(int width, int height)
    {
        var bytes = new NativeBytes(CheckedLength(width, height));
        bytes.Span.Fill(Valid);
        return new DetectorMask(width, height, bytes);
    }

    /// <summary>From a NeXus <c>pixel_mask</c>: 0 is a good pixel, anything else a bad one.</summary>
    public static DetectorMask FromPixelMask(int width, int height, ReadOnlySpan<uint> pixelMask)
    {
        var bytes = new NativeBytes(CheckedLength(width, height, pixelMask.Length));
        MarkZeros(pixelMask, bytes.Span);
        return new DetectorMask(width, height, bytes);
    }

    public static DetectorMask FromValid(int width, int height, ReadOnlySpan<bool> valid)
    {
        var bytes = new NativeBytes(CheckedLength(width, height, valid.Length));
        Span<byte> mask = bytes.Span;
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = valid[i] ? Valid : (byte)0;
        }

        return new DetectorMask(width, height, bytes);
    }

    /// <summary>From a mask array of any number type (0 is a good pixel); without one every pixel is valid.</summary>
    public static Result<DetectorMask> Read(FrameHeader header, NumericArray? mask)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (mask is null)
        {
            return AllValid(header.Columns, header.Rows);
        }

        if (mask.Shape.Count != 2 || mask.Shape[0] != header.Rows || mask.Shape[1] != header.Columns)
        {
            return ErrorCode.Unprocessable.With(
                $"The pixel mask has the shape {string.Join(" x ", mask.Shape)}; images have {header.Rows} x {header.Columns} pixels.");
        }

        // A value of any number type is 0 when all its bytes are.
        var bytes = new NativeBytes(CheckedLength(header.Columns, header.Rows));
        ReadOnlySpan<byte> values = mask.Bytes.Span;
        switch (mask.Type.Size())
        {
            case 1: MarkZeros(values, bytes.Span); break;
            case 2: MarkZeros(MemoryMarshal.Cast<byte, ushort>(values), bytes.Span); break;
            case 4: MarkZeros(MemoryMarshal.Cast<byte, uint>(values), bytes.Span); break;
            default: MarkZeros(MemoryMarshal.Cast<byte, ulong>(values), bytes.Span); break;
        }

        return new DetectorMask(header.Columns, header.Rows, bytes);
    }

    private static void MarkZeros<T>(ReadOnlySpan<T> values, Span<byte> valid)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < valid.Length; i++)
        {
            valid[i] = T.IsZero(values[i]) ? Valid : (byte)0;
        }
    }

    private static int CheckedLength(int width, int height, int? given = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        long length = (long)width * height;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, FrameHeader.MaxPixels, nameof(width));
        if (given is { } count && count != length)
        {
            throw new ArgumentException($"A mask of {width} x {height} has {length} pixels, not {count}.", nameof(given));
        }

        return (int)length;
    }
}

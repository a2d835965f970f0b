using Hutch.Analysis.Memory;
using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Spots;

/// <summary>The usable pixels of a detector, in the form that the kernels read. Immutable; share one for all frames.</summary>
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

    /// <summary>With bytes that are written where they are to be: 0xFF for a valid pixel, 0 for another.</summary>
    public static DetectorMask Fill(int width, int height, Action<Span<byte>> fill)
    {
        var bytes = new NativeBytes(CheckedLength(width, height));
        fill(bytes.Span);
        return new DetectorMask(width, height, bytes);
    }

    /// <summary>From a NeXus <c>pixel_mask</c>: 0 is a good pixel, anything else a bad one.</summary>
    public static DetectorMask FromPixelMask(int width, int height, ReadOnlySpan<uint> pixelMask)
    {
        var bytes = new NativeBytes(CheckedLength(width, height, pixelMask.Length));
        ZeroNumbers.Mark(MemoryMarshal.AsBytes(pixelMask), sizeof(uint), bytes.Span);
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
        if (mask is null)
        {
            return AllValid(header.Columns, header.Rows);
        }

        if (CheckShape(header, mask.Shape) is { } refusal)
        {
            return refusal;
        }

        var bytes = new NativeBytes(CheckedLength(header.Columns, header.Rows));
        ZeroNumbers.Mark(mask.Bytes.Span, mask.Type.Size(), bytes.Span);
        return new DetectorMask(header.Columns, header.Rows, bytes);
    }

    /// <summary>
    /// From a numpy file with such an array, as it comes: of the tens of megabytes of a large detector, one piece at a time is in memory.
    /// </summary>
    public static async Task<Result<DetectorMask>> ReadAsync(FrameHeader header, EntryBytes file, CancellationToken cancellationToken)
    {
        var bytes = new NativeBytes(CheckedLength(header.Columns, header.Rows));
        bool isWhole = false;
        try
        {
            var numbers = new MaskFile(header, file.Size);
            await foreach (ReadOnlyMemory<byte> piece in file.Pieces.WithCancellation(cancellationToken))
            {
                if (numbers.Add(piece.Span, bytes.Span) is { } refusal)
                {
                    return refusal;
                }
            }

            HutchError? missing = numbers.End();
            isWhole = missing is null;
            return isWhole ? new DetectorMask(header.Columns, header.Rows, bytes) : missing!;
        }
        finally
        {
            if (!isWhole)
            {
                bytes.Dispose();
            }
        }
    }

    /// <summary>Returns the reason why an array is no mask of these images, or null.</summary>
    internal static HutchError? CheckShape(FrameHeader header, IReadOnlyList<int> shape) =>
        shape.Count == 2 && shape[0] == header.Rows && shape[1] == header.Columns ? null : ErrorCode.Unprocessable.With(
            $"The pixel mask has the shape {string.Join(" x ", shape)}; images have {header.Rows} x {header.Columns} pixels.");

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

using Hutch.Formats.Arrays;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Spots;

/// <summary>A numpy file with a mask (0 is a good pixel), read as its bytes come.</summary>
internal sealed class MaskFile(FrameHeader header, long fileBytes)
{
    private readonly byte[] _head = new byte[Math.Min(fileBytes, NumpyFile.MaxHeaderBytes)];
    private readonly byte[] _split = new byte[sizeof(ulong)];
    private NumericLayout? _layout;
    private int _headBytes;
    private int _splitBytes;
    private int _pixels;

    /// <summary>Takes the next bytes of the file, and marks the pixels that they are of.</summary>
    /// <param name="piece">The bytes, however many.</param>
    /// <param name="valid">The mask: one byte a pixel.</param>
    /// <returns>Why this is no mask of the images, or null.</returns>
    public HutchError? Add(ReadOnlySpan<byte> piece, Span<byte> valid)
    {
        if (_layout is null)
        {
            int taken = Math.Min(piece.Length, _head.Length - _headBytes);
            piece[..taken].CopyTo(_head.AsSpan(_headBytes));
            piece = piece[taken..];
            _headBytes += taken;
            if (_headBytes < _head.Length)
            {
                return null;
            }

            if (!NumpyFile.ReadLayout(_head, fileBytes).TryGet(out NumericLayout? layout, out HutchError? refusal))
            {
                return refusal;
            }

            if (DetectorMask.CheckShape(header, layout.Shape) is { } other)
            {
                return other;
            }

            _layout = layout;
            AddNumbers(_head.AsSpan(layout.Offset), layout.Type.Size(), valid);
        }

        AddNumbers(piece, _layout.Type.Size(), valid);
        return null;
    }

    /// <summary>Returns the reason why these bytes are not a complete mask, or null.</summary>
    public HutchError? End() =>
        _layout is not null && _pixels == (long)header.Rows * header.Columns ? null
        : NumpyFile.ReadLayout(_head.AsSpan(0, _headBytes), fileBytes).Error
            ?? ErrorCode.UnreadableFile.With("The pixel mask ends before its last number.");

    private void AddNumbers(ReadOnlySpan<byte> bytes, int size, Span<byte> valid)
    {
        if (_splitBytes > 0)
        {
            int missing = Math.Min(size - _splitBytes, bytes.Length);
            bytes[..missing].CopyTo(_split.AsSpan(_splitBytes));
            bytes = bytes[missing..];
            _splitBytes += missing;
            if (_splitBytes < size)
            {
                return;
            }

            Mark(_split.AsSpan(0, size), size, valid);
        }

        _splitBytes = bytes.Length % size;
        Mark(bytes[..^_splitBytes], size, valid);
        bytes[^_splitBytes..].CopyTo(_split);
    }

    private void Mark(ReadOnlySpan<byte> numbers, int size, Span<byte> valid)
    {
        int count = numbers.Length / size;
        ZeroNumbers.Mark(numbers, size, valid.Slice(_pixels, count));
        _pixels += count;
    }
}

namespace Hutch.Analysis.Memory;

/// <summary>
/// The rows of a frame, decoded a band at a time on request. Each band replaces the last one, so that pixels are used while they are in the
/// processor's cache. An image that is read in bands never goes out to memory.
/// </summary>
internal ref struct FrameRows
{
    // With the rows around it, in the second cache of a core.
    private const int UsualBandBytes = 512 << 10;

    private readonly Span<byte> _memory;
    private readonly int _rowBytes;
    private readonly int _bandBytes;
    private FramePieces _pieces;
    private int _filled;

    /// <param name="memory">Room for the whole image. Only its beginning is used when rows are given up.</param>
    /// <param name="rowBytes">Bytes of a row.</param>
    /// <param name="bandBytes">How much is decoded at a time.</param>
    public FrameRows(int number, FramePieces pieces, Span<byte> memory, int rowBytes, int bandBytes = UsualBandBytes)
    {
        Number = number;
        _pieces = pieces;
        _memory = memory;
        _rowBytes = rowBytes;
        _bandBytes = Math.Max(bandBytes, rowBytes);
    }

    /// <summary>The number of the frame in the series, from 1.</summary>
    public int Number { get; }

    /// <summary>The bytes in memory; they may end within a row.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _memory[.._filled];

    /// <summary>The offset in the image of the first of <see cref="Bytes"/>, always the start of a row.</summary>
    public int FirstByte { get; private set; }

    /// <summary>The row after the last one in memory.</summary>
    public readonly int End => (FirstByte + _filled) / _rowBytes;

    /// <summary>Decodes more, which need not end a row, and gives up the rows before one.</summary>
    public HutchError? Advance(int keepFrom)
    {
        int unwanted = (keepFrom * _rowBytes) - FirstByte;
        _memory[unwanted.._filled].CopyTo(_memory);
        FirstByte += unwanted;
        _filled -= unwanted;
        FrameDecodeError error = _pieces.Read(_memory[_filled..], _bandBytes, out int decoded);
        _filled += decoded;
        return error == FrameDecodeError.None ? null : error.ToHutchError(FormattableString.Invariant($"{Number:D6}"));
    }
}

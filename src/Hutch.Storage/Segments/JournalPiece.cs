using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>One journal member while it is read: its record lines without the storage's own.</summary>
internal sealed class JournalPiece(Segment segment, IndexEntry entry)
{
    private ReadOnlyMemory<byte> _rest;

    public long First => entry.Key.FirstSequence;

    public long Last => entry.Key.LastSequence;

    public long SegmentNumber => segment.Number;

    public ReadOnlyMemory<byte> Line { get; private set; }

    public long Sequence { get; private set; }

    /// <summary>Reads and checks the member; returns its record lines.</summary>
    public ReadOnlyMemory<byte> Load(SegmentStore store)
    {
        _rest = store.ReadJournalBody(segment, entry);
        while (!_rest.IsEmpty && !_rest.Span.StartsWith(JournalLines.Prefix))
        {
            int end = _rest.Span.IndexOf((byte)'\n');
            _rest = end < 0 ? default : _rest[(end + 1)..];
        }

        return _rest;
    }

    public bool MoveNext()
    {
        bool has = TrySplit(ref _rest, out ReadOnlyMemory<byte> line, out long sequence);
        (Line, Sequence) = (line, sequence);
        return has;
    }

    /// <summary>Splits off the first line and reads its number.</summary>
    public static bool TrySplit(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> line, out long sequence)
    {
        ReadOnlySpan<byte> span = rest.Span;
        if (!JournalLines.TrySplit(ref span, out ReadOnlySpan<byte> first))
        {
            (line, sequence) = (default, 0);
            return false;
        }

        line = rest[..first.Length];
        rest = rest[first.Length..];
        return JournalLines.TryReadSequence(first, out sequence);
    }
}

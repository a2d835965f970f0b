using System.Buffers;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

internal sealed class JournalReader(SegmentStore store, List<JournalSource> sources, long after)
{
    private const int MergedBytes = 1 << 20;

    // Keyed by the first sequence number that a source may yield.
    private readonly PriorityQueue<Cursor, (long First, long NewestFirst)> _cursors = new();

    public IEnumerable<JournalGroup> Read()
    {
        foreach (JournalSource source in sources)
        {
            _cursors.Enqueue(new Cursor(source), (source.FirstSequence, -source.Segment.Number));
        }

        while (TryNext(out JournalPiece? first))
        {
            if (!_cursors.TryPeek(out _, out (long First, long) next) || next.First > first.Last)
            {
                if (Whole(first) is { } group)
                {
                    yield return group;
                }

                continue;
            }

            foreach (JournalGroup merged in Merge(first))
            {
                yield return merged;
            }
        }
    }

    /// <summary>Takes the journal member with the lowest first number.</summary>
    private bool TryNext(out JournalPiece piece)
    {
        while (_cursors.TryDequeue(out Cursor? cursor, out _))
        {
            bool wasOpen = cursor.IsOpen;
            if (wasOpen)
            {
                IndexEntry entry = cursor.Current;
                Advance(cursor);
                piece = new JournalPiece(cursor.Segment, entry);
                return true;
            }

            Advance(cursor);
        }

        piece = null!;
        return false;
    }

    private void Advance(Cursor cursor)
    {
        if (cursor.MoveNext())
        {
            _cursors.Enqueue(cursor, (cursor.Current.Key.FirstSequence, -cursor.Segment.Number));
        }
    }

    private JournalGroup? Whole(JournalPiece piece)
    {
        ReadOnlyMemory<byte> lines = piece.Load(store);
        if (piece.First > after)
        {
            return new JournalGroup(piece.First, piece.Last, lines);
        }

        var records = new MergedRecords();
        for (var rest = lines; JournalPiece.TrySplit(ref rest, out ReadOnlyMemory<byte> line, out long sequence);)
        {
            records.AddIf(sequence > after, sequence, line.Span);
        }

        return records.Take();
    }

    /// <summary>Merges overlapping members line by line; each number is taken from the newest segment that has it.</summary>
    private IEnumerable<JournalGroup> Merge(JournalPiece first)
    {
        var lines = new PriorityQueue<JournalPiece, (long Sequence, long NewestFirst)>();
        var merged = new MergedRecords();
        long previous = after;
        Open(first, lines);
        while (lines.Count > 0)
        {
            while (_cursors.TryPeek(out _, out (long First, long) next)
                && lines.TryPeek(out _, out (long Sequence, long) now)
                && next.First <= now.Sequence
                && TryNext(out JournalPiece joining))
            {
                Open(joining, lines);
            }

            if (!lines.TryDequeue(out JournalPiece? piece, out (long Sequence, long) at))
            {
                break;
            }

            merged.AddIf(at.Sequence > previous, at.Sequence, piece.Line.Span);
            previous = Math.Max(previous, at.Sequence);
            Requeue(piece, lines);
            if (merged.Length >= MergedBytes && merged.Take() is { } full)
            {
                yield return full;
            }
        }

        if (merged.Take() is { } last)
        {
            yield return last;
        }
    }

    private void Open(JournalPiece piece, PriorityQueue<JournalPiece, (long, long)> lines)
    {
        piece.Load(store);
        Requeue(piece, lines);
    }

    private static void Requeue(JournalPiece piece, PriorityQueue<JournalPiece, (long, long)> lines)
    {
        if (piece.MoveNext())
        {
            lines.Enqueue(piece, (piece.Sequence, -piece.SegmentNumber));
        }
    }

    private sealed class Cursor(JournalSource source)
    {
        private IEnumerator<IndexEntry>? _entries;

        public bool IsOpen => _entries is not null;

        public Segment Segment => source.Segment;

        public IndexEntry Current => _entries!.Current;

        public bool MoveNext() => (_entries ??= source.Entries().GetEnumerator()).MoveNext();
    }

    private sealed class MergedRecords
    {
        private ArrayBufferWriter<byte> _lines = new();
        private long _first;
        private long _last;

        public int Length => _lines.WrittenCount;

        public void AddIf(bool wanted, long sequence, ReadOnlySpan<byte> line)
        {
            if (wanted)
            {
                _first = Length == 0 ? sequence : _first;
                _last = sequence;
                _lines.Write(line);
            }
        }

        public JournalGroup? Take()
        {
            if (Length == 0)
            {
                return null;
            }

            var group = new JournalGroup(_first, _last, _lines.WrittenMemory);
            _lines = new ArrayBufferWriter<byte>();
            return group;
        }
    }
}

/// <summary>The journal members of one segment, in order of their first sequence numbers; opened when its turn comes.</summary>
internal sealed record JournalSource(Segment Segment, long FirstSequence, Func<IEnumerable<IndexEntry>> Entries);

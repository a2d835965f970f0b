using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

internal readonly record struct SegmentTotals(long BodyBytes, long FirstSequence, long LastSequence, int Journals)
{
    public static SegmentTotals From(IEnumerable<IndexEntry> entries)
    {
        SegmentTotals totals = default;
        foreach (IndexEntry entry in entries)
        {
            totals = totals.With(entry);
        }

        return totals;
    }

    /// <summary>Subtracts a member that has a later copy, so that the sequence numbers stay.</summary>
    public SegmentTotals Without(IndexEntry entry) => this with
    {
        BodyBytes = BodyBytes - entry.Length,
        Journals = Journals - (entry.Key.Kind == MemberKind.Journal ? 1 : 0),
    };

    public SegmentTotals With(IndexEntry entry)
    {
        SegmentTotals sum = this with { BodyBytes = BodyBytes + entry.Length };
        if (entry.Key.Kind != MemberKind.Journal)
        {
            return sum;
        }

        (long first, long last) = (entry.Key.FirstSequence, entry.Key.LastSequence);
        return sum with
        {
            Journals = Journals + 1,
            FirstSequence = FirstSequence == 0 ? first : Math.Min(FirstSequence, first),
            LastSequence = Math.Max(LastSequence, last),
        };
    }
}

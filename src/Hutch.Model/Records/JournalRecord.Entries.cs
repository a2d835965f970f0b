using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>A file, link or empty directory was put at a path of an open dataset.</summary>
    public sealed record EntryPut(
        [property: JsonPropertyName("d")] DatasetId Dataset,
        [property: JsonPropertyName("p")] DatasetPath Path,
        [property: JsonPropertyName("e")] Entry Entry) : JournalRecord;

    /// <summary>What was at a path of an open dataset was removed.</summary>
    public sealed record EntryRemoved(
        [property: JsonPropertyName("d")] DatasetId Dataset,
        [property: JsonPropertyName("p")] DatasetPath Path) : JournalRecord;

    /// <summary>The overlay up to <c>Through</c> was folded into a tree, or a push swapped the head: a new fixed version.</summary>
    /// <param name="Dataset">Of which dataset.</param>
    /// <param name="Number">Counted from 1 in its dataset.</param>
    /// <param name="Root">The tree.</param>
    /// <param name="Parent">Number of the snapshot before it; null for the first.</param>
    /// <param name="Through">Overlay rows up to this sequence number are part of the tree now.</param>
    /// <param name="Reason">What made it.</param>
    /// <param name="By">Author.</param>
    /// <param name="Message">What the author says of it.</param>
    public sealed record SnapshotTaken(
        DatasetId Dataset,
        long Number,
        TreeReference Root,
        long? Parent,
        long Through,
        SnapshotReason Reason,
        string By,
        string? Message) : JournalRecord;

    /// <summary>An automatic snapshot of an open dataset was thinned out.</summary>
    public sealed record SnapshotDropped(DatasetId Dataset, long Number) : JournalRecord;

    /// <summary>The home of a copy names an automatic snapshot no more, or again: here it stays until its time is over.</summary>
    /// <param name="Dataset">The dataset.</param>
    /// <param name="Number">The snapshot.</param>
    /// <param name="UntilMilliseconds">When it may be dropped here, milliseconds since 1970; null when the home names it again.</param>
    public sealed record SnapshotLeftOut(DatasetId Dataset, long Number, long? UntilMilliseconds) : JournalRecord;

    /// <summary>A tag was put on a snapshot, or moved to it.</summary>
    public sealed record TagSet(DatasetId Dataset, string Tag, long Number, string By) : JournalRecord;

    /// <summary>A tag was removed.</summary>
    public sealed record TagRemoved(DatasetId Dataset, string Tag, string By) : JournalRecord;
}

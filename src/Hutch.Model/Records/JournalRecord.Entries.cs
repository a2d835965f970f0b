using System.Text.Json.Serialization;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>A file, link or empty directory was put at a path of an open dataset.</summary>
    public sealed record EntryPut(
        [property: JsonPropertyName("d")] DatasetId Dataset,
        [property: JsonPropertyName("p")] DatasetPath Path,
        [property: JsonPropertyName("e")] Entry Entry) : JournalRecord;

    public sealed record EntryRemoved(
        [property: JsonPropertyName("d")] DatasetId Dataset,
        [property: JsonPropertyName("p")] DatasetPath Path) : JournalRecord;

    /// <summary>The overlay up to <c>Through</c> was merged into a tree, or a push replaced the head: a new snapshot.</summary>
    /// <param name="Number">The number in its dataset, from 1.</param>
    /// <param name="Parent">The number of the previous snapshot; null for the first.</param>
    /// <param name="Through">Overlay rows up to this sequence number are now part of the tree.</param>
    public sealed record SnapshotTaken(
        DatasetId Dataset,
        long Number,
        TreeReference Root,
        long? Parent,
        long Through,
        SnapshotReason Reason,
        string By,
        string? Message) : JournalRecord;

    public sealed record SnapshotDropped(DatasetId Dataset, long Number) : JournalRecord;

    /// <summary>The home of a copy dropped an automatic snapshot, or has it again. Here it stays until its time is over.</summary>
    /// <param name="UntilMilliseconds">
    /// The time from which it can be dropped here, in milliseconds since 1970; null if the home has it again.
    /// </param>
    public sealed record SnapshotLeftOut(DatasetId Dataset, long Number, long? UntilMilliseconds) : JournalRecord;

    public sealed record TagSet(DatasetId Dataset, string Tag, long Number, string By) : JournalRecord;

    public sealed record TagRemoved(DatasetId Dataset, string Tag, string By) : JournalRecord;
}

using System.Text.Json;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// A dataset was created; or a copy that had ended at its site began again. <c>Owner</c> and <c>Slug</c> are copies of the zone's data,
    /// for salvage without the zone.
    /// </summary>
    /// <param name="Type">The type, such as <c>generic</c> or <c>mx/rotation</c>.</param>
    /// <param name="Origin">Original, derived or following.</param>
    /// <param name="Parents">The parents in order; empty for an original.</param>
    /// <param name="Root">The initial tree; the empty tree unless entries were copied by reference.</param>
    /// <param name="ExpiresMilliseconds">The time when its bytes expire, for data that is temporary from its start.</param>
    /// <param name="GitRule">
    /// The version of the rule that maps its files to git; null for rule 1, in records from before there was a choice.
    /// </param>
    public sealed record DatasetCreated(
        DatasetId Dataset,
        string Owner,
        string Slug,
        string? Title,
        string Type,
        DatasetOrigin Origin,
        string By,
        IReadOnlyList<VersionReference> Parents,
        TreeReference Root,
        long? ExpiresMilliseconds,
        int? GitRule = null) : JournalRecord;

    /// <summary>The name, title or type of a dataset changed; null leaves a value unchanged.</summary>
    public sealed record DatasetDescribed(
        DatasetId Dataset, string? Owner, string? Slug, string? Title, string? Type, string By) : JournalRecord;

    /// <summary>A dataset was closed at its snapshot <c>Number</c>: its contents do not change any more.</summary>
    public sealed record DatasetClosed(DatasetId Dataset, long Number, string By) : JournalRecord;

    /// <summary>A dataset was put in the trash, from which it can be restored until the given time.</summary>
    public sealed record DatasetTrashed(DatasetId Dataset, long UntilMilliseconds, string By) : JournalRecord;

    /// <param name="Here">
    /// True for a copy that a user at its site restored, regardless of its home: it stays until a user puts it in the trash here.
    /// </param>
    public sealed record DatasetRestored(DatasetId Dataset, string By, bool? Here = null) : JournalRecord;

    /// <summary>The bytes of a dataset ended; its record stays.</summary>
    /// <param name="Way">The way: expiry, the end of its time in the trash, or purge.</param>
    /// <param name="By">The user who requested it; null for an automatic end.</param>
    public sealed record DatasetEnded(DatasetId Dataset, DatasetEnd Way, string? Reason, string? By) : JournalRecord;

    /// <summary>Segments contain nothing of a purged dataset any more, except its record.</summary>
    public sealed record PurgeCompleted(DatasetId Dataset) : JournalRecord;

    /// <summary>The user's metadata document was replaced; it is stored exactly as received.</summary>
    public sealed record MetadataSet(DatasetId Dataset, long Version, JsonElement Document, string By) : JournalRecord;
}

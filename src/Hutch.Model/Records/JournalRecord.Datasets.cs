using System.Text.Json;

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// A dataset begins; a copy that had ended at its site can begin again. <c>Owner</c> and <c>Slug</c> are copies of what the zone
    /// decided, for salvage without the zone.
    /// </summary>
    /// <param name="Dataset">Its id.</param>
    /// <param name="Owner">User or group that owns it.</param>
    /// <param name="Slug">Its name within the owner's.</param>
    /// <param name="Title">A line for people.</param>
    /// <param name="Type">Its type, as <c>generic</c> or <c>mx/rotation</c>.</param>
    /// <param name="Origin">Original, derived or following.</param>
    /// <param name="By">The user who made it.</param>
    /// <param name="Parents">What it was made from, in order; empty for an original.</param>
    /// <param name="Root">The tree it starts with; the empty tree unless entries were copied by reference.</param>
    /// <param name="ExpiresMilliseconds">When its bytes end by themselves, for data that is transient from its start.</param>
    /// <param name="GitRule">The rule by which git is shown its files; null in records from before there was a choice: rule 1.</param>
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

    /// <summary>What people call a dataset has changed; null keeps what was.</summary>
    public sealed record DatasetDescribed(
        DatasetId Dataset, string? Owner, string? Slug, string? Title, string? Type, string By) : JournalRecord;

    /// <summary>A dataset was frozen at its snapshot <c>Number</c>: nothing in it changes any more.</summary>
    public sealed record DatasetClosed(DatasetId Dataset, long Number, string By) : JournalRecord;

    /// <summary>A dataset was put in the trash, from which it can be restored until its time is over.</summary>
    public sealed record DatasetTrashed(DatasetId Dataset, long UntilMilliseconds, string By) : JournalRecord;

    /// <summary>A dataset was restored from the trash.</summary>
    /// <param name="Dataset">Which one.</param>
    /// <param name="By">Who asked.</param>
    /// <param name="Here">
    /// True for a copy that somebody at its site has restored, whatever its home did: it stays until it is put into the trash here.
    /// </param>
    public sealed record DatasetRestored(DatasetId Dataset, string By, bool? Here = null) : JournalRecord;

    /// <summary>The bytes of a dataset ended, in one of the announced ways; its record stays.</summary>
    /// <param name="Dataset">Which one.</param>
    /// <param name="Way">How: by expiry, by the end of its time in the trash, or by purge.</param>
    /// <param name="Reason">For a purge: why, in the words of who asked for it.</param>
    /// <param name="By">Who asked; null for an automatic end.</param>
    public sealed record DatasetEnded(DatasetId Dataset, DatasetEnd Way, string? Reason, string? By) : JournalRecord;

    /// <summary>No segment holds anything of a purged dataset any more but its record.</summary>
    public sealed record PurgeCompleted(DatasetId Dataset) : JournalRecord;

    /// <summary>The user's metadata document was replaced; it is kept exactly as it came.</summary>
    public sealed record MetadataSet(DatasetId Dataset, long Version, JsonElement Document, string By) : JournalRecord;
}

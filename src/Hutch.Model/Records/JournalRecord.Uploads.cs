namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>A file is to be uploaded in parts, in any order and several at once, and named when all have come.</summary>
    /// <param name="Upload">Its id.</param>
    /// <param name="Dataset">Where it shall be put.</param>
    /// <param name="Path">At which path.</param>
    /// <param name="Attributes">What the file shall be beside its bytes; hash and size say nothing yet.</param>
    /// <param name="Checksum">The checksum that was chosen for it, in the words of the door; null for none.</param>
    /// <param name="By">Who uploads.</param>
    public sealed record UploadStarted(
        Guid Upload, DatasetId Dataset, DatasetPath Path, Entry Attributes, string? Checksum, string By) : JournalRecord;

    /// <summary>A part has come; the same number again replaces what came before.</summary>
    /// <param name="Upload">Of which upload.</param>
    /// <param name="Number">Its place among the parts, from 1; gaps allowed.</param>
    /// <param name="Part">The first part of its extents' names; also what tells it from an earlier one of its number.</param>
    /// <param name="Size">Bytes.</param>
    /// <param name="Extents">In order and without gaps, offsets from the beginning of the part.</param>
    /// <param name="Checksum">Its checksum in the words of the door; null for none.</param>
    /// <param name="ExpiresMilliseconds">When its bytes end by themselves; null when they last.</param>
    public sealed record UploadPartStored(
        Guid Upload, int Number, Guid Part, long Size, IReadOnlyList<Extent> Extents,
        string? Checksum, long? ExpiresMilliseconds) : JournalRecord;

    /// <summary>An upload was completed or aborted.</summary>
    public sealed record UploadEnded(Guid Upload) : JournalRecord;

    /// <summary>A door keeps something about a dataset: rules, tags. Null forgets it.</summary>
    /// <param name="Dataset">About which one.</param>
    /// <param name="Name">What, as <c>lifecycle</c>.</param>
    /// <param name="Value">In the words of the door.</param>
    /// <param name="By">Who said so.</param>
    public sealed record SettingSet(DatasetId Dataset, string Name, string? Value, string By) : JournalRecord;

    /// <summary>
    /// When the bytes of a dataset end by themselves was set or moved on; only of data that were transient before their first byte.
    /// </summary>
    /// <param name="Dataset">Of which one.</param>
    /// <param name="ExpiresMilliseconds">When everything that is in it now has ended; null for data that last.</param>
    /// <param name="Days">
    /// For how many days each file is kept after it was put: the time moves on with each day on which something is put.
    /// </param>
    /// <param name="By">Who said so.</param>
    public sealed record DatasetExpirySet(DatasetId Dataset, long? ExpiresMilliseconds, int? Days, string By) : JournalRecord;

    /// <summary>
    /// The bytes of a temporary dataset are being copied to where they last: what is written there meanwhile, at whichever server, lasts.
    /// That it lasts as a whole is said by <see cref="DatasetExpirySet"/>.
    /// </summary>
    /// <param name="Dataset">Which one.</param>
    /// <param name="Keeping">Tells this copying from an earlier one.</param>
    /// <param name="UntilMilliseconds">When it is over unless it is prolonged; null when it was given up.</param>
    public sealed record DatasetBeingKept(DatasetId Dataset, Guid Keeping, long? UntilMilliseconds) : JournalRecord;
}

namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>
    /// An upload of a file in parts began. Parts can come in any order and in parallel; the file gets its name when all have arrived.
    /// </summary>
    /// <param name="Attributes">The attributes of the new file; its hash and size have no meaning yet.</param>
    /// <param name="Checksum">The chosen checksum in the door's terms; null for none.</param>
    public sealed record UploadStarted(
        Guid Upload, DatasetId Dataset, DatasetPath Path, Entry Attributes, string? Checksum, string By) : JournalRecord;

    /// <summary>A part was received; it replaces an earlier part of the same number.</summary>
    /// <param name="Number">The position among the parts, from 1; gaps are allowed.</param>
    /// <param name="Part">Begins the names of its extents, and distinguishes it from an earlier part of its number.</param>
    /// <param name="Extents">The extents in order, without gaps, with offsets from the beginning of the part.</param>
    /// <param name="Checksum">The checksum in the door's terms; null for none.</param>
    /// <param name="ExpiresMilliseconds">The time when its bytes expire; null if they last.</param>
    public sealed record UploadPartStored(
        Guid Upload, int Number, Guid Part, long Size, IReadOnlyList<Extent> Extents,
        string? Checksum, long? ExpiresMilliseconds) : JournalRecord;

    public sealed record UploadEnded(Guid Upload) : JournalRecord;

    /// <summary>A door's setting for a dataset, such as rules or tags, was changed. Null deletes it.</summary>
    /// <param name="Value">The value in the door's terms.</param>
    public sealed record SettingSet(DatasetId Dataset, string Name, string? Value, string By) : JournalRecord;

    /// <summary>The expiry of a dataset's bytes was set or moved. Only for data that was temporary before its first byte.</summary>
    /// <param name="ExpiresMilliseconds">The time when all present data will have expired; null for permanent data.</param>
    /// <param name="Days">
    /// The number of days for which each file is retained after its upload: the expiry moves with each day that has an upload.
    /// </param>
    public sealed record DatasetExpirySet(DatasetId Dataset, long? ExpiresMilliseconds, int? Days, string By) : JournalRecord;

    /// <summary>
    /// A temporary dataset is being copied to permanent storage. Data written during this time, at any server, is permanent.
    /// <see cref="DatasetExpirySet"/> records that the whole dataset is permanent.
    /// </summary>
    /// <param name="Keeping">Distinguishes this conversion from an earlier one.</param>
    /// <param name="UntilMilliseconds">The end of its lease unless extended; null if it was abandoned.</param>
    public sealed record DatasetBeingKept(DatasetId Dataset, Guid Keeping, long? UntilMilliseconds) : JournalRecord;
}

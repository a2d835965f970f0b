
namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <param name="Hash">The SHA-256 of all bytes, verified.</param>
    /// <param name="Extents">The extents in order, without gaps.</param>
    /// <param name="ExpiresMilliseconds">
    /// The time when the extents expire; null if they last. A permanent copy replaces a temporary one.
    /// </param>
    public sealed record BlobAssembled(
        BlobHash Hash, long Size, Guid Upload, IReadOnlyList<Extent> Extents, long? ExpiresMilliseconds = null) : JournalRecord;

    /// <summary>Nothing references this large blob any more; its extents are garbage.</summary>
    public sealed record BlobForgotten(BlobHash Hash) : JournalRecord;

    /// <summary>A push session began; or the transfer of a copy, of a dataset that this site may not have yet.</summary>
    public sealed record SessionStarted(
        Guid Session, DatasetId Dataset, string By, long? Base, long ExpiresMilliseconds, bool? IsCopy = null) : JournalRecord;

    /// <summary>The lease of an active push was extended.</summary>
    public sealed record SessionExtended(Guid Session, long ExpiresMilliseconds) : JournalRecord;

    /// <summary>
    /// From now on the session can reference these blobs: it uploaded them, or can read them in the target or its parents.
    /// </summary>
    public sealed record SessionBlobs(Guid Session, IReadOnlyList<BlobHash> Hashes) : JournalRecord;

    /// <summary>A part of a large upload is durable; a broken upload resumes after it.</summary>
    public sealed record SessionExtent(Guid Session, BlobHash Hash, long Size, Guid Upload, Extent Extent) : JournalRecord;

    /// <summary>The received bytes of a large blob did not match its hash; the upload begins again.</summary>
    public sealed record SessionUploadDropped(Guid Session, BlobHash Hash) : JournalRecord;

    /// <summary>A push was committed or abandoned, or it expired.</summary>
    public sealed record SessionEnded(Guid Session) : JournalRecord;

    /// <summary>The records up to <c>Through</c> are available as rows in the blobs <c>Parts</c>: a rebuild starts from them.</summary>
    /// <param name="Through">The last sequence number that the rows include.</param>
    /// <param name="Parts">Blobs of JSON lines, in order.</param>
    /// <param name="EventsFrom">Events before this sequence number are deleted.</param>
    public sealed record Checkpoint(long Through, IReadOnlyList<BlobHash> Parts, long EventsFrom) : JournalRecord;

    /// <summary>All live data was copied out of a segment. The file can be deleted with its journal, which a checkpoint replaces.</summary>
    /// <param name="Through">The last sequence number in its journal; 0 if it has none.</param>
    public sealed record SegmentRetired(long Segment, long Through = 0) : JournalRecord;

    /// <summary>A segment of temporary data was deleted early, oldest first, for space; its group's records forget its blobs.</summary>
    /// <param name="Until">The last day for which its data were to be retained.</param>
    /// <param name="Files">The number of file contents that ended with it.</param>
    public sealed record TemporaryDropped(long Segment, DateOnly Until, long Files, long Bytes) : JournalRecord;
}

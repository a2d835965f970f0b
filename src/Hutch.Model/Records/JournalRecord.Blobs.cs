
namespace Hutch.Model.Records;

public abstract partial record JournalRecord
{
    /// <summary>The extents of an upload, in order, are a blob of this hash.</summary>
    /// <param name="Hash">SHA-256 of all bytes, verified.</param>
    /// <param name="Size">Bytes.</param>
    /// <param name="Upload">The upload that wrote the extents.</param>
    /// <param name="Extents">In order and without gaps.</param>
    /// <param name="ExpiresMilliseconds">
    /// When the extents end by themselves; null when they last. A lasting copy replaces a transient one.
    /// </param>
    public sealed record BlobAssembled(
        BlobHash Hash, long Size, Guid Upload, IReadOnlyList<Extent> Extents, long? ExpiresMilliseconds = null) : JournalRecord;

    /// <summary>Nothing names this large blob any more; its extents are garbage.</summary>
    public sealed record BlobForgotten(BlobHash Hash) : JournalRecord;

    /// <summary>A push began; or a copy began to come, of a dataset that this site may not have yet.</summary>
    public sealed record SessionStarted(
        Guid Session, DatasetId Dataset, string By, long? Base, long ExpiresMilliseconds, bool? IsCopy = null) : JournalRecord;

    /// <summary>The lease of an active push was extended.</summary>
    public sealed record SessionExtended(Guid Session, long ExpiresMilliseconds) : JournalRecord;

    /// <summary>From now on the session may name these blobs: it uploaded them, or it may read them in the target or its parents.</summary>
    public sealed record SessionBlobs(Guid Session, IReadOnlyList<BlobHash> Hashes) : JournalRecord;

    /// <summary>A part of a large upload is durable; a broken upload resumes after it.</summary>
    public sealed record SessionExtent(Guid Session, BlobHash Hash, long Size, Guid Upload, Extent Extent) : JournalRecord;

    /// <summary>What came in of a large blob was not what its hash says; the upload begins anew.</summary>
    public sealed record SessionUploadDropped(Guid Session, BlobHash Hash) : JournalRecord;

    /// <summary>A push was committed, given up, or ran out of time.</summary>
    public sealed record SessionEnded(Guid Session) : JournalRecord;

    /// <summary>The records up to <c>Through</c> stand, as rows, in the blobs <c>Parts</c>: a rebuild starts from them.</summary>
    /// <param name="Through">Last sequence number that the rows contain.</param>
    /// <param name="Parts">Blobs of JSON lines, in order.</param>
    /// <param name="EventsFrom">Events before this sequence number are forgotten.</param>
    public sealed record Checkpoint(long Through, IReadOnlyList<BlobHash> Parts, long EventsFrom) : JournalRecord;

    /// <summary>
    /// Everything living was copied out of a segment; the file may go, and with it the journal in it, which a checkpoint replaces.
    /// </summary>
    /// <param name="Segment">Its number.</param>
    /// <param name="Through">The last sequence number in its journal; 0 when it has none.</param>
    public sealed record SegmentRetired(long Segment, long Through = 0) : JournalRecord;

    /// <summary>
    /// A whole segment of temporary data goes before its day, the oldest first, so that newer data have room. The large blobs in it are
    /// forgotten by records of the same group.
    /// </summary>
    /// <param name="Segment">Its number.</param>
    /// <param name="Until">The last day on which its data were wanted.</param>
    /// <param name="Files">Contents of files that have ended with it.</param>
    /// <param name="Bytes">Bytes of the segment.</param>
    public sealed record TemporaryDropped(long Segment, DateOnly Until, long Files, long Bytes) : JournalRecord;
}

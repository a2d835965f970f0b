using System.Security.Cryptography;
using Hutch.Formats.Export;
using Hutch.Model;

namespace Hutch.Live;

/// <summary>
/// Keeps what was planned for the files that were read last, by the tree of their dataset, and why there could be none: both take a walk
/// through the whole dataset. Thread-safe.
/// </summary>
internal sealed class PlanCache
{
    /// <summary>Of all plans together; the newest is kept however large it is.</summary>
    private const long MaxBytes = 64 << 20;

    private const int MaxFiles = 256;

    private const int PieceBytes = 64 << 10;

    private readonly LruCache<BlobHash, Result<PlannedFile>> _files = new(
        MaxFiles, MaxBytes, static file => file.IsOk ? file.Value.Plan.MemoryBytes : 0);

    /// <summary>The file of a tree, or why there is none; null when it has to be planned.</summary>
    public Result<PlannedFile>? Find(BlobHash root) =>
        _files.TryFind(root, out Result<PlannedFile> file) ? file : (Result<PlannedFile>?)null;

    /// <summary>Keeps a plan instead of those that were used longest ago.</summary>
    public Result<PlannedFile> Keep(BlobHash root, Result<NxMxFile> planned)
    {
        Result<PlannedFile> file = planned.Then<PlannedFile>(plan =>
            new PlannedFile(VersionOf(root, plan.MetadataBytes, plan.ReadMetadata), plan));
        _files.Keep(root, file);
        return file;
    }

    /// <summary>
    /// A name for the bytes of a file: the tree (or a stored file) names each stored byte, the metadata where they stand.
    /// </summary>
    public static BlobHash VersionOf(BlobHash stored, long metadataBytes, ReadMetadata read)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(stored.ToBytes());
        byte[] piece = new byte[PieceBytes];
        for (long at = 0; at < metadataBytes;)
        {
            Span<byte> some = piece.AsSpan(0, (int)Math.Min(piece.Length, metadataBytes - at));
            read(at, some);
            hash.AppendData(some);
            at += some.Length;
        }

        return new BlobHash(hash.GetHashAndReset());
    }
}

/// <summary>Gives a part of the metadata of a file.</summary>
internal delegate void ReadMetadata(long offset, Span<byte> to);

/// <summary>A file that was planned.</summary>
/// <param name="Version">What names its bytes.</param>
/// <param name="Plan">Where its bytes are.</param>
internal sealed record PlannedFile(BlobHash Version, NxMxFile Plan);

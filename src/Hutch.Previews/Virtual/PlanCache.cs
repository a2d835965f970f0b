using System.Security.Cryptography;
using Hutch.Formats.Hdf5Structure;

namespace Hutch.Previews.Virtual;

/// <summary>
/// Keeps the plans of the files that were read last, and why there could be none: planning reads all that a file is made of, and programs
/// read such a file in many small ranges.
/// </summary>
/// <param name="maxBytes">Of all plans together; the newest is kept however large it is.</param>
/// <remarks>Thread-safe.</remarks>
internal sealed class PlanCache<TPlan>(long maxBytes) : IDisposable
    where TPlan : IHdf5Plan
{
    private const int MaxFiles = 256;

    /// <summary>A plan may keep a core busy for a second or two, and holds much memory while it is made: so many at a time.</summary>
    private const int MaxAtOnce = 2;

    private const int PieceBytes = 64 << 10;

    private readonly SemaphoreSlim _turns = new(MaxAtOnce);
    private readonly LruCache<(DatasetId Dataset, BlobHash Stored), Result<PlannedFile<TPlan>>> _files = new(
        MaxFiles, maxBytes, static file => file.IsOk ? file.Value.Plan.MemoryBytes : 0);

    /// <param name="dataset">Whose file: the same bytes may come from another run elsewhere.</param>
    /// <param name="stored">Names the stored bytes that the file is made of.</param>
    /// <param name="plan">Asked when it is not kept.</param>
    public async Task<Result<PlannedFile<TPlan>>> FindAsync(
        DatasetId dataset, BlobHash stored, Func<Task<Result<TPlan>>> plan, CancellationToken ct)
    {
        if (_files.TryFind((dataset, stored), out Result<PlannedFile<TPlan>> file))
        {
            return file;
        }

        await _turns.WaitAsync(ct);
        try
        {
            // Another caller may have planned it during the wait.
            if (!_files.TryFind((dataset, stored), out file))
            {
                file = (await plan()).Then<PlannedFile<TPlan>>(made => new PlannedFile<TPlan>(VersionOf(stored, made), made));
                _files.Set((dataset, stored), file);
            }

            return file;
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>
    /// Returns a hash that identifies the bytes of a file: that of the stored data and of the metadata with their location.
    /// </summary>
    private static BlobHash VersionOf(BlobHash stored, TPlan plan)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(stored.ToBytes());
        byte[] piece = new byte[PieceBytes];
        for (long at = 0; at < plan.MetadataBytes;)
        {
            Span<byte> some = piece.AsSpan(0, (int)Math.Min(piece.Length, plan.MetadataBytes - at));
            plan.ReadMetadata(at, some);
            hash.AppendData(some);
            at += some.Length;
        }

        return new BlobHash(hash.GetHashAndReset());
    }
}

/// <param name="Version">What names its bytes.</param>
/// <param name="Plan">Where its bytes are.</param>
internal sealed record PlannedFile<TPlan>(BlobHash Version, TPlan Plan);

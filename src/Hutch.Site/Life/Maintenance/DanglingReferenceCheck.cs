using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Detects if <c>site.db</c> names bytes that are not stored, although the store is complete. The cause is a hash or location that was
/// wrong before its page got its checksum, which stays unnoticed until the bytes are read. It lasts until <c>site.db</c> is rebuilt.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class DanglingReferenceCheck(SiteDatabase records, Tree tree, RecordsFile file, TimeProvider time)
    : IDanglingReferences, IDisposable
{
    // Of the time, at most a tenth goes into looks that find nothing: a reader of a version that is gone has one for each of its files.
    private const int RestForEachLook = 9;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _lock = new();
    private DanglingReference? _first = file.Unplaced;
    private (long Since, TimeSpan Length) _rest;

    /// <summary>The first missing blob; null for none.</summary>
    public DanglingReference? First => Volatile.Read(ref _first);

    /// <summary>Notes a missing blob, also for the next start.</summary>
    public void Report(DatasetId dataset, BlobHash hash)
    {
        lock (_lock)
        {
            if (_first is null)
            {
                _first = new DanglingReference(dataset, hash);
                file.NoteUnplaced(_first);
            }
        }
    }

    /// <summary>
    /// Returns true if a dataset whose bytes last names a blob now, in its head, in a snapshot or as a key: a reader of a version that was
    /// dropped in the meantime finds nothing either. Returns false if the search of a very large dataset takes too long, or if there were
    /// too many such questions recently.
    /// </summary>
    public async Task<bool> IsNamedAsync(DatasetId dataset, BlobHash hash, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            long began = time.GetTimestamp();
            if (time.GetElapsedTime(_rest.Since, began) < _rest.Length)
            {
                return false;
            }

            bool isNamed = await records.ReadSnapshotAsync(
                session => IsNamedAsync(new SiteQueries(session), dataset, hash, ct), ct);
            long ended = time.GetTimestamp();
            _rest = isNamed ? default : (ended, time.GetElapsedTime(began, ended) * RestForEachLook);
            return isNamed;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<bool> IsNamedAsync(SiteQueries queries, DatasetId id, BlobHash hash, CancellationToken ct)
    {
        if (!queries.MustLast(id) || queries.Dataset(id) is not { } dataset)
        {
            return false;
        }

        var visitor = new NameVisitor(hash);
        try
        {
            await DatasetTrees.VisitAsync(tree, queries, dataset, visitor, ct);
            return visitor.IsFound;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined)
        {
            // An unreadable row may name the blob, and the records are damaged in any case.
            return true;
        }
    }

    private sealed class NameVisitor(BlobHash hash) : ITreeVisitor
    {
        private const int MaxPages = 100_000;

        private readonly HashSet<BlobHash> _pages = [];

        public bool IsFound { get; private set; }

        public bool EnterPage(BlobHash page) => !IsFound && _pages.Count < MaxPages && _pages.Add(page);

        public void VisitBlob(BlobHash blob, long size) => IsFound |= blob == hash;
    }
}

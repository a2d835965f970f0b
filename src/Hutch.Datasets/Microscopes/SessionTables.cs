using Hutch.Datasets.Files;
using Hutch.Formats.Microscopy.Sessions;
using Hutch.Site.Platform.Locks;

namespace Hutch.Datasets.Microscopes;

/// <summary>
/// Keeps the tables that were made last, with what each of their files says: after a change of a dataset, only its new files are read.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class SessionTables
{
    private const int MaxTables = 64;

    private const long MaxBytes = 128 << 20;

    /// <summary>The first table of a large session keeps a core busy for some seconds: so many at a time.</summary>
    private const uint MaxAtOnce = 2;

    private const int RowBytes = 600;

    private readonly KeyedLock<uint> _turns = new();
    private readonly LruCache<(DatasetId Dataset, string Version), KeptTable> _kept = new(MaxTables, MaxBytes, static kept => kept.Bytes);

    /// <summary>Returns the table of a version, and makes it if its files have changed.</summary>
    internal async Task<Result<SessionTable>> GetAsync(DatasetId id, SnapshotRef? at, VersionEntries version, CancellationToken ct)
    {
        (DatasetId, string) key = (id, at?.ToString() ?? "");
        if (_kept.TryFind(key, out KeptTable? kept) && kept.State == version.State)
        {
            return kept.Table;
        }

        using IDisposable turn = await _turns.EnterAsync((uint)id.GetHashCode() % MaxAtOnce, ct);

        // Another request may have made it during the wait.
        if (_kept.TryFind(key, out kept) && kept.State == version.State)
        {
            return kept.Table;
        }

        var reading = new SessionReading(id, version.Opener, kept?.Files);
        await reading.ReadAsync(version.Entries, ct);
        SessionTable table = SessionBuilder.Build(reading.Paths, reading.Read, reading.Remarks);
        if (reading.IsComplete)
        {
            long bytes = reading.Files.Values.Sum(static file => (long)file.MemoryBytes)
                + ((long)RowBytes * (table.Exposures.Count + table.Places.Count));
            _kept.Set(key, new KeptTable(version.State, table, reading.Files, bytes));
        }

        return table;
    }

    private sealed record KeptTable(
        string State, SessionTable Table, IReadOnlyDictionary<(BlobHash Hash, SessionFileKind Kind), SessionFile> Files, long Bytes);
}

using System.Collections.Concurrent;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Changes;

namespace Hutch.Datasets.Files;

/// <summary>
/// Counts downloads of datasets, and notes large ones of members in the audit. Everything that one reader fetches without a pause is one
/// download, written at its end, or after an hour. Reading costs no write of its own, and downloads of strangers add to one row a dataset.
/// A view of files in the portal is no download while it is less than <see cref="LeastBytes"/>. Unwritten counts of a killed server are
/// lost. Thread-safe.
/// </summary>
/// <remarks>Strangers are distinguished by their network, which is in memory only, for as long as they read.</remarks>
public sealed class DownloadLog(ZoneChanges changes, TimeProvider time)
{
    /// <summary>The least bytes for which a mere view counts as a download, and for which a download has a line in the audit.</summary>
    public const long LeastBytes = 1 << 20;

    /// <summary>The most readers and datasets at a time; others are not counted.</summary>
    private const int MaxOpen = 10_000;

    /// <summary>From so many on, strangers are not counted: however many come, there is room for members.</summary>
    private const int MaxOpenForStrangers = 5_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Reader, Tally> _open = new();

    // Finished downloads that are not written yet, as the database may be away. One writer uses them.
    private readonly List<CountedDownload> _counts = [];
    private readonly List<AuditNote> _lines = [];

    /// <param name="bytes">The number of bytes; null where it is not known.</param>
    /// <param name="isShown">True if a page shows the file, without a request of the user for it.</param>
    public void Add(Caller caller, DatasetId dataset, long? bytes, bool isShown)
    {
        if (TallyOf(caller, dataset) is { } tally)
        {
            tally.Add(bytes, isShown, time.GetTimestamp());
        }
    }

    /// <summary>Counts an archive that a reader received.</summary>
    public void AddArchive(Caller caller, DatasetId dataset, long bytes) =>
        TallyOf(caller, dataset)?.AddArchive(bytes, time.GetTimestamp());

    private Tally? TallyOf(Caller caller, DatasetId dataset)
    {
        var reader = new Reader(dataset, caller.Name, caller.CredentialId, RequestScope.Current?.From);
        if (!_open.TryGetValue(reader, out Tally? tally))
        {
            if (_open.Count + Math.Max(_counts.Count, _lines.Count) >= (caller.IsUser ? MaxOpen : MaxOpenForStrangers))
            {
                return null;
            }

            tally = _open.GetOrAdd(reader, _ => new Tally(caller.Actor, time.GetTimestamp()));
        }

        return tally;
    }

    /// <summary>Writes until cancelled, and then the rest. A failed write is repeated the next time.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await WriteAsync(isLast: false, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(TimeToStop, time);
            await WriteAsync(isLast: true, limit.Token);
            throw;
        }
    }

    private async Task WriteAsync(bool isLast, CancellationToken ct)
    {
        foreach ((Reader reader, Tally tally) in _open.Where(each => isLast || IsOver(each.Value)))
        {
            // What comes for it from now on is another download.
            _open.TryRemove(KeyValuePair.Create(reader, tally));
            if (tally.IsDownload)
            {
                _counts.Add(new CountedDownload(
                    reader.Dataset, tally.Actor.Id, new DownloadRecord(null, 1, tally.Bytes, TimeOf(tally.First), TimeOf(tally.Last))));
            }

            if (reader.Name != Caller.Anonymous.Name && tally.Describe() is { } detail)
            {
                _lines.Add(new AuditNote(tally.Actor, reader.Dataset, "dataset.download", detail));
            }
        }

        if (_counts.Count > 0)
        {
            await changes.CountAsync(_counts, ct);
            _counts.Clear();
        }

        if (_lines.Count > 0)
        {
            _ = (await changes.AuditAsync(_lines, ct)).Value;
            _lines.Clear();
        }
    }

    private bool IsOver(Tally tally) => time.GetElapsedTime(tally.Last) >= Quiet || time.GetElapsedTime(tally.First) >= Longest;

    private DateTimeOffset TimeOf(long timestamp) => time.GetUtcNow() - time.GetElapsedTime(timestamp);

    /// <param name="Name">The account or the link; for strangers, the public.</param>
    /// <param name="From">The network of a reader without an account.</param>
    private readonly record struct Reader(DatasetId Dataset, string Name, string? Credential, string? From);

    /// <summary>The bytes of one dataset that one reader received.</summary>
    private sealed class Tally(AuditActor actor, long first)
    {
        private long _bytes;
        private long _archives;
        private long _archiveBytes;
        private long _last = first;
        private volatile bool _isTaken;

        public AuditActor Actor => actor;

        public long First { get; } = first;

        public long Last => Volatile.Read(ref _last);

        public long Bytes => Volatile.Read(ref _bytes) + Volatile.Read(ref _archiveBytes);

        /// <summary>True if it is more than a view.</summary>
        public bool IsDownload => _isTaken || Bytes >= LeastBytes;

        public void Add(long? bytes, bool isShown, long now)
        {
            Interlocked.Add(ref _bytes, bytes ?? 0);
            _isTaken |= !isShown;
            Volatile.Write(ref _last, now);
        }

        public void AddArchive(long bytes, long now)
        {
            Interlocked.Increment(ref _archives);
            Interlocked.Add(ref _archiveBytes, bytes);
            _isTaken = true;
            Volatile.Write(ref _last, now);
        }

        public string? Describe()
        {
            (long bytes, long archives) = (Volatile.Read(ref _bytes), Volatile.Read(ref _archives));
            string? archive = archives switch { 0 => null, 1 => "an archive", _ => Text(archives) + " archives" };
            string? files = bytes < LeastBytes ? null : Display.Bytes(bytes);
            return archive is null || files is null ? archive ?? files : $"{archive}, and {files}";
        }

        private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}

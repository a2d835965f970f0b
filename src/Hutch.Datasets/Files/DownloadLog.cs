using System.Collections.Concurrent;
using System.Globalization;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Changes;

namespace Hutch.Datasets.Files;

/// <summary>
/// Notes in the audit who downloaded how much of a dataset. What one reader fetches in one go is one line, written when it is over, or
/// after an hour: reading costs no write of its own. Looking at a file in the portal is less than <see cref="LeastBytes"/>, and not noted.
/// What a killed server had not written is not noted either. Thread-safe.
/// </summary>
/// <param name="changes">Writes the lines.</param>
/// <param name="time">The clock.</param>
public sealed class DownloadLog(ZoneChanges changes, TimeProvider time)
{
    /// <summary>Downloads of less than this are not noted, bytes.</summary>
    public const long LeastBytes = 1 << 20;

    /// <summary>The most readers and datasets at a time; others are not noted.</summary>
    private const int MaxOpen = 10_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(DatasetId Dataset, string Name, string? Credential), Tally> _open = new();

    /// <summary>Counts what a reader was sent.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="dataset">Of what.</param>
    /// <param name="bytes">How much; null for an archive, whose size nobody knew beforehand.</param>
    public void Add(Caller caller, DatasetId dataset, long? bytes)
    {
        ArgumentNullException.ThrowIfNull(caller);
        (DatasetId, string, string?) key = (dataset, caller.Name, caller.CredentialId);
        if (!_open.TryGetValue(key, out Tally? tally))
        {
            if (_open.Count >= MaxOpen)
            {
                return;
            }

            var actor = new AuditActor(caller.User?.Id, caller.Name, caller.CredentialId);
            tally = _open.GetOrAdd(key, _ => new Tally(actor, time.GetTimestamp()));
        }

        tally.Add(bytes, time.GetTimestamp());
    }

    /// <summary>Writes lines until cancelled, and then what is left.</summary>
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
        finally
        {
            using var limit = new CancellationTokenSource(TimeToStop, time);
            await WriteAsync(isLast: true, limit.Token);
        }
    }

    private async Task WriteAsync(bool isLast, CancellationToken ct)
    {
        var lines = new List<AuditNote>();
        foreach (KeyValuePair<(DatasetId Dataset, string, string?), Tally> open in _open.Where(each => isLast || IsOver(each.Value)))
        {
            // What comes for it from now on is another line.
            _open.TryRemove(open);
            if (open.Value.Describe() is { } detail)
            {
                lines.Add(new AuditNote(open.Value.Actor, open.Key.Dataset, "dataset.download", detail));
            }
        }

        if (lines.Count > 0)
        {
            _ = (await changes.NoteAsync(lines, ct)).Value;
        }
    }

    private bool IsOver(Tally tally) => time.GetElapsedTime(tally.Last) >= Quiet || time.GetElapsedTime(tally.First) >= Longest;

    /// <summary>What one reader was sent of one dataset.</summary>
    private sealed class Tally(AuditActor actor, long first)
    {
        private long _bytes;
        private long _archives;
        private long _last = first;

        public AuditActor Actor => actor;

        public long First { get; } = first;

        public long Last => Volatile.Read(ref _last);

        public void Add(long? bytes, long now)
        {
            if (bytes is { } known)
            {
                Interlocked.Add(ref _bytes, known);
            }
            else
            {
                Interlocked.Increment(ref _archives);
            }

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

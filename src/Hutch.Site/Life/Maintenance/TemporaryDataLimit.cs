using System.Diagnostics.Metrics;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Platform.Leases;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// Enforces the site's limit of temporary data: beyond it, the oldest make room, whole segments at once, and operators are notified.
/// </summary>
public sealed partial class TemporaryDataLimit : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarnFor = TimeSpan.FromDays(1);
    private static readonly TimeSpan WarnAfter = TimeSpan.FromMinutes(10);

    private readonly GarbageCollector _collector;
    private readonly ITemporaryBytes _temporary;
    private readonly SiteDatabase _records;
    private readonly IJobLeases _leases;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Meter _meter = new("Hutch.Site");
    private readonly Counter<long> _files;
    private readonly Counter<long> _bytes;
    private volatile DroppedData? _recent;
    private long _overSince = long.MaxValue;

    internal TemporaryDataLimit(
        GarbageCollector collector, ITemporaryBytes temporary, SiteDatabase records, IJobLeases leases, LifecycleOptions options,
        TimeProvider time, ILogger<TemporaryDataLimit> logger)
    {
        (_collector, _temporary, _records, _leases, _time, _logger) = (collector, temporary, records, leases, time, logger);
        _maxBytes = options.MaxTemporaryBytes;
        _meter.CreateObservableGauge(
            "hutch.site.temporary.bytes", () => Used, "By", "Temporary data, those that have ended and were not freed included");
        _files = _meter.CreateCounter<long>(
            "hutch.site.temporary.dropped.files", description: "Temporary files that made room before their time");
        _bytes = _meter.CreateCounter<long>(
            "hutch.site.temporary.dropped.bytes", "By", "Bytes of temporary data that made room before their time");
    }

    /// <summary>The bytes of temporary data, including expired data that was not freed yet.</summary>
    internal long Used => _temporary.Used;

    /// <summary>Checks repeatedly; returns at once when there is no limit.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (_maxBytes == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(LookEvery, _time);
        do
        {
            await CheckAsync(ct);
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    /// <summary>Checks once, and makes room above the limit if no other server does.</summary>
    public async Task<EarlyExpired> CheckAsync(CancellationToken ct)
    {
        var made = new EarlyExpired(0, 0);
        if (_maxBytes > 0 && Used > _maxBytes)
        {
            Interlocked.CompareExchange(ref _overSince, _time.GetUtcNow().UtcTicks, long.MaxValue);
            await new LeasedTask(
                _leases, "making room in temporary data", async (lease, token) => made = await MakeAsync(lease, token), _time).TryAsync(ct);
        }

        if (Used <= _maxBytes)
        {
            Volatile.Write(ref _overSince, long.MaxValue);
        }

        long from = (_time.GetUtcNow() - WarnFor).ToUnixTimeMilliseconds();
        _recent = await _records.ReadAsync(queries => queries.DroppedSince(from), ct);
        return made;
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Returns the warning that data was deleted before its time.</summary>
    internal SiteWarning? WarnOfDropped() => _recent is not { Bytes: > 0 } recent
        ? null
        : new SiteWarning(
            "temporary-dropped",
            $"Temporary data reached the limit of {Display.Bytes(_maxBytes)}: in the last 24 hours {recent.Files} files "
                + $"({Display.Bytes(recent.Bytes)}) made room for newer ones before their time.",
            "Keep what is wanted with `hutch keep DATASET`, give temporary data less time, or raise site.lifecycle.maxTemporaryBytes.");

    /// <summary>Returns the warning that temporary data exceeds its limit, and none of it can be deleted.</summary>
    internal SiteWarning? WarnOfExcess()
    {
        long since = Volatile.Read(ref _overSince);
        return since == long.MaxValue || _time.GetUtcNow().UtcTicks - since < WarnAfter.Ticks
            ? null
            : new SiteWarning(
                "temporary-over-limit",
                $"Temporary data take {Display.Bytes(Used)}, more than the limit of {Display.Bytes(_maxBytes)}, "
                    + "and cannot make room: they are being written, kept or backed up.",
                "It is freed with that work. If it is not, raise site.lifecycle.maxTemporaryBytes: each day of expiry "
                    + "that is written to has a segment that does not count.");
    }

    private async Task<EarlyExpired> MakeAsync(IJobLease lease, CancellationToken ct)
    {
        EarlyExpired made = await _collector.DropOldestAsync(lease, _maxBytes, ct);
        if (made.Bytes > 0)
        {
            _files.Add(made.Files);
            _bytes.Add(made.Bytes);
            LogMade(_logger, made.Files, made.Bytes);
        }

        return made;
    }

    [LoggerMessage(
        EventId = 3321, Level = LogLevel.Information,
        Message = "Temporary data made room before their time: {Files} files, {Bytes} bytes")]
    private static partial void LogMade(ILogger logger, long files, long bytes);
}

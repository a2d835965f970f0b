namespace Hutch.Zone.Authorization;

/// <summary>
/// Invalidates the caches of rights. After any change of the zone, here or at another server, it reads the new lines of the audit before
/// cached data is used again. Their targets identify the stale entries.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ChangedRights
{
    /// <summary>The most lines that are evaluated; beyond that, all entries are stale.</summary>
    private const int MaxLines = 1000;

    private readonly ZoneDatabase _zone;
    private readonly RequestCoalescer<bool> _tell;
    private long _reportedVersion;
    private long? _line;

    public ChangedRights(ZoneDatabase zone)
    {
        _zone = zone;
        _tell = new RequestCoalescer<bool>(ReportAsync);
        _reportedVersion = zone.Version;
    }

    /// <summary>
    /// Raised for each change, one at a time. Data read before it must not be cached after it, even by reads in progress.
    /// </summary>
    public event Action<RightsTouch>? Changed;

    /// <summary>True if the caches have been notified of every change that this server knows of.</summary>
    public bool IsReported => Volatile.Read(ref _reportedVersion) == _zone.Version;

    /// <summary>Returns when all caches have dropped what became stale by changes that any server acknowledged before the call.</summary>
    /// <exception cref="Model.HutchException">The database does not answer.</exception>
    public ValueTask SyncViewAsync(CancellationToken ct)
    {
        ValueTask current = _zone.SyncViewAsync(ct);
        return current.IsCompletedSuccessfully && IsReported ? ValueTask.CompletedTask : new ValueTask(FollowAsync(current, ct));
    }

    private async Task FollowAsync(ValueTask current, CancellationToken ct)
    {
        await current;
        if (!IsReported)
        {
            await _tell.GetAsync(ct);
        }
    }

    private async Task<bool> ReportAsync(CancellationToken ct)
    {
        // Taken before the read: later changes are reported the next time.
        long version = _zone.Version;
        if (_reportedVersion != version)
        {
            (RightsTouch touch, _line) = await _zone.ReadAsync(Read, ct);
            Changed?.Invoke(touch);
            Volatile.Write(ref _reportedVersion, version);
        }

        return true;
    }

    private (RightsTouch Touch, long Line) Read(ZoneTables tables)
    {
        IReadOnlyList<AuditRecord> lines = _line is { } last
            ? tables.Audit.List(new AuditSpan { After = last }, MaxLines + 1)
            : [];
        return _line is null || lines.Count > MaxLines ? (RightsTouch.All, tables.Audit.Newest())
            : (RightsTouch.From(lines, tables), lines.Count > 0 ? lines[^1].Sequence : _line.Value);
    }
}

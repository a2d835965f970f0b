using Hutch.Catalog.Zone;
using Hutch.Disk;
using Hutch.Model.Zone;

namespace Hutch.Zone.Authorization;

/// <summary>
/// Tells the caches of rights what to forget. Whenever the zone has changed, here or at another server, the new lines of its audit are read
/// before anything cached is used again, and their targets say what is touched.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ChangedRights
{
    /// <summary>Beyond so many lines everything is forgotten.</summary>
    private const int MaxLines = 1000;

    private readonly ZoneDatabase _zone;
    private readonly SharedQuestion<bool> _tell;
    private long _told;
    private long? _line;

    public ChangedRights(ZoneDatabase zone)
    {
        _zone = zone;
        _tell = new SharedQuestion<bool>(TellAsync);
        _told = zone.Version;
    }

    /// <summary>
    /// Called for each change, one at a time. What was read before it must not be kept after it, also by who is reading just now.
    /// </summary>
    public event Action<RightsTouch>? Changed;

    /// <summary>Whether the caches know of every change that this server knows of.</summary>
    public bool IsTold => Volatile.Read(ref _told) == _zone.Version;

    /// <summary>
    /// Returns when all caches have forgotten what became wrong by changes that were answered before the call, by whatever server.
    /// </summary>
    /// <exception cref="Model.HutchException">The database does not answer.</exception>
    public ValueTask MakeCurrentAsync(CancellationToken ct)
    {
        ValueTask current = _zone.MakeCurrentAsync(ct);
        return current.IsCompletedSuccessfully && IsTold ? ValueTask.CompletedTask : new ValueTask(FollowAsync(current, ct));
    }

    private async Task FollowAsync(ValueTask current, CancellationToken ct)
    {
        await current;
        if (!IsTold)
        {
            await _tell.AskAsync(ct);
        }
    }

    private async Task<bool> TellAsync(CancellationToken ct)
    {
        // From before the read: whatever changes meanwhile is told next time.
        long version = _zone.Version;
        if (_told != version)
        {
            (RightsTouch touch, _line) = await _zone.ReadAsync(Read, ct);
            Changed?.Invoke(touch);
            Volatile.Write(ref _told, version);
        }

        return true;
    }

    private (RightsTouch Touch, long Line) Read(ZoneTables tables)
    {
        IReadOnlyList<AuditRecord> lines = _line is { } last
            ? tables.Audit.List(new AuditSpan { After = last }, MaxLines + 1)
            : [];
        return _line is null || lines.Count > MaxLines ? (RightsTouch.All, tables.Audit.Newest())
            : (RightsTouch.Of(lines, tables), lines.Count > 0 ? lines[^1].Sequence : _line.Value);
    }
}

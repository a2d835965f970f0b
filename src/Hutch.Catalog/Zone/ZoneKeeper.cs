using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

/// <summary>
/// Stores a copy of <c>zone.db</c> in a safe before certain changes are acknowledged: a machine that is lost and made anew must not come
/// back without them. See <see cref="ZoneChange.MustOutliveMachine"/>.
/// </summary>
public sealed class ZoneKeeper : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ZoneDatabase _zone;
    private readonly ZoneCopies _copies;
    private readonly IZoneSafe _safe;
    private readonly TimeProvider _time;
    private long _stored = -1;

    public ZoneKeeper(ZoneDatabase zone, ZoneCopies copies, IZoneSafe safe, TimeProvider time) =>
        (_zone, _copies, _safe, _time) = (zone, copies, safe, time);

    /// <inheritdoc cref="IZoneSafe.FindRefusalAsync"/>
    internal ValueTask<HutchError?> FindRefusalAsync(CancellationToken ct) => _safe.FindRefusalAsync(ct);

    /// <summary>Stores everything that was committed before the call. Concurrent callers share one copy.</summary>
    /// <returns>The reason why it is not stored; null if it is. The change has taken effect either way.</returns>
    internal async ValueTask<HutchError?> StoreAsync(CancellationToken ct)
    {
        long wanted = _zone.Version;
        using var end = new CancellationTokenSource(Limit, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(end.Token, ct);
        try
        {
            await _gate.WaitAsync(limit.Token);
            try
            {
                return _stored >= wanted ? null : await WriteAsync(limit.Token);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (Exception e) when (e is IOException or CatalogException or SqliteException or HutchException or OperationCanceledException)
        {
            return NotStored(e is OperationCanceledException ? $"not done within {Limit.TotalSeconds:0} s" : e.Message);
        }
    }

    public void Dispose() => _gate.Dispose();

    private async ValueTask<HutchError?> WriteAsync(CancellationToken ct)
    {
        long version = _zone.Version;
        await _copies.KeepAsync(_zone, ct);
        Result<Done> stored = await _safe.StoreAsync(ct);
        if (!stored.IsOk)
        {
            return NotStored(stored.Error.Message);
        }

        _stored = version;
        return null;
    }

    private static HutchError NotStored(string why) => (ErrorCode.OutcomeUnknown with
    {
        Advice = "Repeat the change when the bucket can be written. `hutch doctor` at the server shows its state.",
    }).With(
        "The change is in effect at this server, but a copy of the accounts could not be stored outside this machine "
        + $"({why.TrimEnd('.')}): the loss of the machine would undo the change.");
}

namespace Hutch.Zone.Credentials;

/// <summary>
/// Exchanges failed login attempts with the other servers of the zone every second, so that no attempt waits for a database. In between,
/// each server allows its own burst.
/// </summary>
public sealed partial class AttemptExchange
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>The largest difference between the clocks of servers plus the time until a row becomes visible.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    private readonly ZoneDatabase _zone;
    private readonly IReadOnlyDictionary<string, AttemptLimiter> _limiters;
    private readonly RecentLoginAddresses _places;
    private readonly TimeProvider _time;
    private readonly ILogger<AttemptExchange> _logger;
    private string? _reported;
    private DateTimeOffset _seen = DateTimeOffset.UnixEpoch + Overlap;

    internal AttemptExchange(
        ZoneDatabase zone, IReadOnlyDictionary<string, AttemptLimiter> limiters, RecentLoginAddresses places, TimeProvider time,
        ILogger<AttemptExchange> logger)
    {
        _zone = zone;
        _limiters = limiters;
        _places = places;
        _time = time;
        _logger = logger;
        foreach (AttemptLimiter limiter in limiters.Values)
        {
            limiter.Share();
        }

        places.Share();
    }

    /// <summary>Exchanges until cancelled. While the database does not answer, each server limits on its own.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Step, _time);
        try
        {
            do
            {
                await TryAsync(ct);
            }
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The regular end; the remaining failures follow.
        }

        await TryAsync(CancellationToken.None);
    }

    /// <summary>Sends new failures of this server and receives those of the others.</summary>
    internal async ValueTask ExchangeAsync(CancellationToken ct)
    {
        await ReportAsync(ct);
        DateTimeOffset now = _time.GetUtcNow();
        DateTimeOffset after = _seen - Overlap;
        (var counters, var known) = await _zone.ReadAsync(tables => (tables.Attempts.Since(after), tables.Attempts.PlacesSince(after)), ct);
        _seen = now;
        foreach ((string counter, DateTimeOffset forgivenAt) in counters)
        {
            int end = counter.IndexOf(' ', StringComparison.Ordinal);
            if (_limiters.TryGetValue(counter[..end], out AttemptLimiter? limiter))
            {
                limiter.Learn(counter[(end + 1)..], forgivenAt);
            }
        }

        foreach ((string user, string address) in known)
        {
            _places.Learn(user, address);
        }
    }

    private async ValueTask ReportAsync(CancellationToken ct)
    {
        List<(string Name, string Counter, TimeSpan Cost)> failures =
            [.. _limiters.SelectMany(pair => pair.Value.TakeUnshared().Select(one => (pair.Key, one.Counter, one.Cost)))];
        IReadOnlyList<(string User, string Address)> places = _places.TakeUnshared();
        if (failures.Count == 0 && places.Count == 0)
        {
            return;
        }

        try
        {
            await _zone.KeepAsync(tables => Report(tables.Attempts, failures, places), ct);
        }
        catch
        {
            // The next time, then; counted twice, if the database has them after all.
            failures.ForEach(one => _limiters[one.Name].PutBack(one.Counter, one.Cost));
            places.ToList().ForEach(login => _places.Add(login.User, login.Address));
            throw;
        }
    }

    private static bool Report(
        AttemptTable table, List<(string Name, string Counter, TimeSpan Cost)> failures,
        IReadOnlyList<(string User, string Address)> places)
    {
        foreach ((string name, string counter, TimeSpan cost) in failures)
        {
            table.Fail(name + " " + counter, cost);
        }

        foreach ((string user, string address) in places)
        {
            table.AddPlace(user, address);
        }

        return true;
    }

    private async ValueTask TryAsync(CancellationToken ct)
    {
        try
        {
            await ExchangeAsync(ct);
            _reported = null;
        }
        catch (HutchException e)
        {
            if (_reported != e.Error.Message)
            {
                LogFailed(e.Error.Message);
                _reported = e.Error.Message;
            }
        }
    }

    [LoggerMessage(
        3302, LogLevel.Warning, "Other servers do not learn of failed attempts to log in at this one, nor this one of theirs: {Reason}")]
    private partial void LogFailed(string reason);
}

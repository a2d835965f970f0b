using Hutch.DataLad.Keys;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad.Hosting;

/// <summary>Ends keys that nothing names, once a day, at one server of the site, when its clock can be believed.</summary>
internal sealed class KeyExpiryLoop : BackgroundService
{
    private const string Job = "ending keys that nothing names";

    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    private readonly KeyExpiry _expiry;
    private readonly SettledClock _clock;
    private readonly TimeProvider _time;
    private readonly BackgroundWork _work;

    public KeyExpiryLoop(
        KeyExpiry expiry, SettledClock clock, IJobLeases leases, SiteWarnings warnings, TimeProvider time, ILogger<KeyExpiryLoop> logger)
    {
        (_expiry, _clock, _time) = (expiry, clock, time);
        var leased = new LeasedWork(leases, Job, (_, ct) => RunAsync(ct), time);
        _work = new BackgroundWork(Job, leased.RunAsync, warnings, time, logger);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _work.RunAsync(stoppingToken);

    private async Task RunAsync(CancellationToken ct)
    {
        DateOnly done = default;
        using var timer = new PeriodicTimer(LookEvery, _time);
        do
        {
            if (_clock.TryNow(out long milliseconds)
                && DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) is var now && DateOnly.FromDateTime(now.UtcDateTime) != done)
            {
                await _expiry.RunAsync(now, ct);
                done = DateOnly.FromDateTime(now.UtcDateTime);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }
}

using Hutch.Site.Life.Maintenance;

namespace Hutch.DataLad.Keys;

/// <summary>Ends keys that nothing names, once a day, when the site's clock can be believed.</summary>
internal sealed class KeyExpiryLoop(KeyExpiry expiry, TrustedClock clock, TimeProvider time)
{
    public const string Job = "ending keys that nothing names";

    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken ct)
    {
        DateOnly done = default;
        using var timer = new PeriodicTimer(LookEvery, time);
        do
        {
            if (clock.TryNow(out long milliseconds)
                && DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) is var now && DateOnly.FromDateTime(now.UtcDateTime) != done)
            {
                await expiry.RunAsync(now, ct);
                done = DateOnly.FromDateTime(now.UtcDateTime);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }
}

namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Waits until the sites of the zone have received a change, and returns those that have not: they may still act on the former state.
/// </summary>
public sealed class SiteConfirmations(SiteRegistry registry, ISiteNetwork? network, TimeProvider time)
{
    /// <summary>A site that is connected has taken in a change by then.</summary>
    private static readonly TimeSpan ConfirmationTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The interval between checks for confirmations that other servers of the zone received.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits, at most 5 s, until every connected site has everything that was changed before the call.</summary>
    /// <returns>The names of the sites that have not confirmed it.</returns>
    public async Task<IReadOnlyList<string>> FindMissingAsync(CancellationToken ct)
    {
        if (network is not { Zone: null } zone)
        {
            return [];
        }

        long began = time.GetTimestamp();
        (long newest, IReadOnlyList<SiteRecord> sites) = await registry.StateAsync(ct);
        while (true)
        {
            Task beat = zone.NextBeatAsync(ct);
            SiteRecord[] missing = [.. sites.Where(site => !HasConfirmed(site, newest))];
            TimeSpan left = ConfirmationTimeout - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !missing.Any(IsConnected))
            {
                return [.. missing.Select(static site => site.Name)];
            }

            await WaitAsync(beat, registry.IsEmbedded || left < LookEvery ? left : LookEvery, ct);
            sites = registry.IsEmbedded ? sites : (await registry.StateAsync(ct)).Sites;
        }
    }

    /// <summary>Returns true if a site counts as connected, to this server or another one of the zone.</summary>
    internal bool IsConnected(SiteRecord site) =>
        network?.ContactOf(site.Id)?.IsConnected == true || time.GetUtcNow() - site.HeardAt < SiteContact.LongestSilence;

    private bool HasConfirmed(SiteRecord site, long number) =>
        network?.ContactOf(site.Id)?.Confirmed >= number || site.Confirmed >= number;

    private async Task WaitAsync(Task beat, TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            await beat.WaitAsync(timeout, time, ct);
        }
        catch (TimeoutException)
        {
            // Looked at again.
        }
    }
}

using Hutch.Zone.Authorization;

namespace Hutch.Federation.Doors;

/// <summary>
/// Finds the accounts for which other sites ask. A site names the token that was used there, which must be one for that site. The zone's
/// own site names the account behind a credential of the zone.
/// </summary>
internal sealed class ForwardedCallers(SiteRegistry registry, SiteReaders readers, SiteView view, TimeProvider time)
{
    /// <summary>The longest wait for the zone's latest decisions. After it, the view of this site decides, as always.</summary>
    private static readonly TimeSpan CallerTimeout = TimeSpan.FromSeconds(2);

    /// <param name="key">The key of the site that asks.</param>
    /// <param name="token">The public part of the token, from a joined site.</param>
    /// <param name="vouched">The text of a <see cref="ForwardedCaller"/>, from the zone's own site.</param>
    /// <param name="sequence">The number of the feed to wait for, from the zone's own site.</param>
    public async Task<Result<Caller>> FindAsync(BlobHash key, string? token, string? vouched, long? sequence, CancellationToken ct)
    {
        if (!(await SiteRequests.FindSenderAsync(registry, key, ct)).TryGet(out SitePeer? site, out HutchError? refusal))
        {
            return refusal;
        }

        if (registry.IsOutdated)
        {
            return ErrorCode.Unavailable.With("This site has not heard from its zone for too long to know which tokens are good.");
        }

        if (site.Id == registry.Zone?.Zone)
        {
            return await FindVouchedAsync(vouched, sequence, ct);
        }

        return await readers.FindAsync(site.Id, token ?? "", ct);
    }

    /// <summary>Finds the caller at the zone's own site, by the zone's state at that time.</summary>
    private async Task<Result<Caller>> FindVouchedAsync(string? text, long? sequence, CancellationToken ct)
    {
        if (!ForwardedCaller.TryParse(text, out ForwardedCaller? vouched) || sequence is not { } number)
        {
            return ErrorCode.InvalidBody.With("The zone has not said who asks.");
        }

        using var timeout = new CancellationTokenSource(CallerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await view.AwaitAsync(number, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The zone is not connected, or still sends many changes.
        }

        return await readers.FindAsync(vouched, ct);
    }
}

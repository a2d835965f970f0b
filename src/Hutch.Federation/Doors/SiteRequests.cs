using System.Globalization;
using Hutch.Datasets.Sites;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Zone.Sites;

namespace Hutch.Federation.Doors;

/// <summary>What a zone answers sites. Each request says with which key its connection was made, and the key decides.</summary>
internal sealed class SiteRequests(SiteRegistry registry, ZoneFeed feed, SiteContacts contacts, TimeProvider time)
{
    /// <summary>Other servers of the zone read there whether a site is connected.</summary>
    private readonly TimeSpan _writeEvery = TimeSpan.FromSeconds(registry.IsEmbedded ? 60 : 2);

    /// <summary>How long an answer waits for something new: the site beats as often.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Takes a site in.</summary>
    public async Task<Result<JoinAnswer>> JoinAsync(BlobHash key, JoinRequest request, CancellationToken ct)
    {
        HutchError? refusal = SiteProtocol.Refuse(request) ?? RefuseClock(request.Time - time.GetUtcNow());
        return refusal is not null
            ? refusal
            : (await registry.JoinAsync(request.Credential, key, ct)).Then<JoinAnswer>(
                site => new JoinAnswer { SiteId = site.Id, SiteName = site.Name });
    }

    /// <summary>Hears a site, and tells what has changed.</summary>
    public async Task<Result<BeatAnswer>> BeatAsync(BlobHash key, BeatRequest request, CancellationToken ct)
    {
        if (await registry.FindAsync(key, ct) is not { } site)
        {
            return NoSuchSite(key);
        }

        if (SiteProtocol.Refuse(request) is { } refusal)
        {
            return refusal;
        }

        if (contacts.Hear(site.Id, request, _writeEvery))
        {
            await registry.HearAsync(site.Id, ct);
        }

        return await feed.AwaitAsync(site.Id, request.After, Patience, ct) is { } batch
            ? new BeatAnswer { Time = time.GetUtcNow(), Feed = batch }
            : NoSuchSite(key);
    }

    private static HutchError NoSuchSite(BlobHash key) =>
        (ErrorCode.Forbidden with { Advice = "Ask an administrator of the zone: `hutch site list` shows its sites." }).With(
            $"The zone has no site with the key {SiteKeyText.Format(key)}: it was removed, or never joined.");

    private static HutchError? RefuseClock(TimeSpan ahead) => ahead.Duration() > SiteContact.MostClockDifference
        ? (ErrorCode.Unprocessable with { Advice = "Set the clock right, with NTP or chrony, and join again with the same token." }).With(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The clock of the joining server is {ahead.Duration().TotalMinutes:0} minutes ")
            + (ahead > TimeSpan.Zero ? "ahead of the zone's." : "behind the zone's."))
        : null;
}

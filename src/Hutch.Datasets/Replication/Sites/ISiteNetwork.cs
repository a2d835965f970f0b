using Hutch.Model.Sites;
using Hutch.Zone.Logins;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>The connections of this server with other sites, as doors see them. <see cref="SiteService"/> checks rights.</summary>
public interface ISiteNetwork
{
    /// <summary>The name of this site: in the zone that it has joined, otherwise from its configuration.</summary>
    string Name { get; }

    /// <summary>The address for other sites, HOST:PORT; null when they cannot connect.</summary>
    string? Address { get; }

    /// <summary>The last report of a site, by its id; null for none since the start.</summary>
    SiteContact? ContactOf(string siteId);

    ValueTask<IReadOnlyList<TrafficLine>> TrafficAsync(CancellationToken ct);

    /// <summary>Completes when a site is heard next.</summary>
    Task NextBeatAsync(CancellationToken ct);

    /// <summary>The state of the connection to the joined zone; null where this server is a zone itself.</summary>
    ZoneContact? Zone { get; }

    /// <summary>Joins a zone: proves this site's key there, and notes what the zone answers.</summary>
    Task<Result<JoinedZoneRecord>> JoinAsync(JoinToken token, CancellationToken ct);

    /// <param name="isTrial">Whether nothing is to be changed.</param>
    Task<Result<(JoinedZoneRecord Zone, AdmittedSite Site)>> JoinWithAsync(
        JoinToken token, IReadOnlyList<ImportedAccount> accounts, IReadOnlyList<ImportedDataset> datasets, bool isTrial,
        CancellationToken ct);

    /// <summary>Reports to the zone the datasets that this server had before it joined.</summary>
    Task<Result<IReadOnlyList<ImportedName>>> ImportAsync(IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct);

    /// <summary>Asks the joined zone for a name for a new dataset here.</summary>
    Task<Result<NameRecord>> ReserveNameAsync(Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct);

    /// <summary>Asks the zone for a lasting name for a dataset that was made here without it; a taken name gets a number.</summary>
    /// <param name="isForMaker">True to make the owner of the token its owner, instead of the intended owner.</param>
    Task<Result<NameRecord>> RegisterNameAsync(ProvisionalName provisional, string token, bool isForMaker, CancellationToken ct);

    /// <summary>Gives the zone a name back for which no dataset could be made.</summary>
    Task<Result<Done>> ReleaseNameAsync(DatasetId dataset, CancellationToken ct);

    /// <summary>Redeems at the joined zone the code of a browser; completes when this site knows the token of the login.</summary>
    Task<Result<SiteLogin>> LogInAsync(SiteLoginCode code, CancellationToken ct);

    /// <summary>Lists the datasets that the zone expects at this site, in the order of the ids.</summary>
    /// <param name="after">Only datasets after this one; null from the beginning.</param>
    /// <param name="some">Only these, without regard to the page, and at most as many as in a page; null for a page.</param>
    Task<Result<IReadOnlyList<ExpectedDataset>>> ListExpectedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct);

    /// <summary>Notes a joined zone with the key of this site, durably, and begins to keep the connection to it.</summary>
    ValueTask FollowAsync(JoinedZoneRecord zone, CancellationToken ct);
}

/// <summary>A zone's last information about a site.</summary>
/// <param name="SilentFor">The time since its last message.</param>
/// <param name="ClockAhead">The lead of its clock over this one's; negative for a lag.</param>
/// <param name="Confirmed">The number of the feed up to which it has everything durably; null when not known.</param>
public sealed record SiteContact(TimeSpan SilentFor, string Release, TimeSpan ClockAhead, long? Confirmed)
{
    /// <summary>A site that was silent for so long counts as disconnected.</summary>
    public static TimeSpan LongestSilence { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Clocks that differ by more are wrong.</summary>
    public static TimeSpan MostClockDifference { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Its traffic with each other site, by its last report.</summary>
    public IReadOnlyList<TrafficLine> Traffic { get; init; } = [];

    /// <summary>True if a second server that runs with the key of the site was refused, not long ago.</summary>
    public bool HasSecondServer { get; init; }

    public bool IsConnected => SilentFor < LongestSilence;

    /// <summary>True if one of the two clocks must be wrong.</summary>
    public bool IsClockOff => ClockAhead.Duration() > MostClockDifference;
}

/// <summary>A site's last information about its zone.</summary>
/// <param name="SilentFor">The time since its last message; null for none since the start.</param>
/// <param name="Problem">The reason that the last beat was not answered; null when it was.</param>
public sealed record ZoneContact(JoinedZoneRecord Joined, TimeSpan? SilentFor, string? Problem)
{
    public bool IsConnected => SilentFor < SiteContact.LongestSilence;

    /// <summary>The portals for a login through the zone; null where one of them has no address.</summary>
    public ZonePortals? Portals { get; init; }
}

/// <param name="Zone">The address of the zone's portal.</param>
/// <param name="Site">The origin of this site's portal, as the zone approved it.</param>
public sealed record ZonePortals(string Zone, string Site);

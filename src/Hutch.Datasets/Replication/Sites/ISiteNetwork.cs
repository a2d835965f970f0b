using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>How this server speaks with other sites, as doors see it. <see cref="SiteService"/> asks who may.</summary>
public interface ISiteNetwork
{
    /// <summary>What this site is called: by the zone that it has joined, else by its configuration.</summary>
    string Name { get; }

    /// <summary>Where other sites dial this one, HOST:PORT; null when they cannot.</summary>
    string? Address { get; }

    /// <summary>The fingerprint of this site's key, which is made when it is first asked for.</summary>
    ValueTask<BlobHash> GetKeyAsync(CancellationToken ct);

    /// <summary>Signs for the zone, at whose site this server is.</summary>
    ValueTask<IHomeSigner> SealAsync(CancellationToken ct);

    /// <summary>What was last heard of a site, by its id; null for nothing since the start.</summary>
    SiteContact? ContactOf(string siteId);

    /// <summary>What this server exchanged with each other site.</summary>
    ValueTask<IReadOnlyList<TrafficLine>> TrafficAsync(CancellationToken ct);

    /// <summary>Completes when a site is heard next.</summary>
    Task NextBeatAsync(CancellationToken ct);

    /// <summary>How the connection to the zone is that this server has joined; null where it is a zone itself.</summary>
    ZoneContact? Zone { get; }

    /// <summary>Joins a zone: proves this site's key there, and notes what the zone answers.</summary>
    Task<Result<JoinedZoneRecord>> JoinAsync(JoinToken token, CancellationToken ct);

    /// <summary>The same for a server that has accounts and datasets of its own.</summary>
    /// <param name="token">The token of the zone.</param>
    /// <param name="accounts">The accounts of the zone that they are.</param>
    /// <param name="datasets">In a trial: datasets whose names are asked for.</param>
    /// <param name="isTrial">Whether nothing is to be changed.</param>
    Task<Result<(JoinedZoneRecord Zone, AdmittedSite Site)>> JoinWithAsync(
        JoinToken token, IReadOnlyList<ImportedAccount> accounts, IReadOnlyList<ImportedDataset> datasets, bool isTrial,
        CancellationToken ct);

    /// <summary>Tells the zone of datasets that this server had before it joined.</summary>
    Task<Result<IReadOnlyList<ImportedName>>> ImportAsync(IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct);

    /// <summary>Asks the zone that was joined for a name for a dataset that somebody makes here.</summary>
    Task<Result<NameRecord>> ReserveNameAsync(Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct);

    /// <summary>Asks the zone for a lasting name for a dataset that was made here without it; a taken name gets a number.</summary>
    /// <param name="provisional">The name that this site has given it.</param>
    /// <param name="token">The public part of a token of who made it.</param>
    /// <param name="isForMaker">Whether the owner of the token shall own it, and not whom it was made for.</param>
    Task<Result<NameRecord>> RegisterNameAsync(ProvisionalName provisional, string token, bool isForMaker, CancellationToken ct);

    /// <summary>Gives the zone a name back for which no dataset could be made.</summary>
    Task<Result<Done>> ReleaseNameAsync(DatasetId dataset, CancellationToken ct);

    /// <summary>What the zone believes that this site has, in the order of the ids.</summary>
    /// <param name="after">Only datasets behind it; null from the beginning.</param>
    /// <param name="limit">The most.</param>
    /// <param name="some">Only these, whatever was said of a page, and at most as many as in a page; null for a page.</param>
    Task<Result<IReadOnlyList<ExpectedDataset>>> ListExpectedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct);

    /// <summary>Begins to keep the connection to the zone that was joined.</summary>
    void Follow(JoinedZoneRecord zone);
}

/// <summary>What a zone has heard of a site.</summary>
/// <param name="SilentFor">For how long nothing.</param>
/// <param name="Release">The release of the program there.</param>
/// <param name="ClockAhead">How far its clock is ahead of this one's; negative for behind.</param>
/// <param name="Confirmed">Up to which number of the feed it has everything durably; null for what is not known.</param>
public sealed record SiteContact(TimeSpan SilentFor, string Release, TimeSpan ClockAhead, long? Confirmed)
{
    /// <summary>A site that was silent for so long counts as disconnected.</summary>
    public static TimeSpan LongestSilence { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Clocks that differ by more are wrong.</summary>
    public static TimeSpan MostClockDifference { get; } = TimeSpan.FromMinutes(5);

    /// <summary>What it exchanged with each other site, as it last said.</summary>
    public IReadOnlyList<TrafficLine> Traffic { get; init; } = [];

    /// <summary>Whether it counts as connected.</summary>
    public bool IsConnected => SilentFor < LongestSilence;

    /// <summary>Whether one of the two clocks must be wrong.</summary>
    public bool IsClockOff => ClockAhead.Duration() > MostClockDifference;
}

/// <summary>What a site has heard of its zone.</summary>
/// <param name="Joined">The zone.</param>
/// <param name="SilentFor">For how long nothing was heard of it; null for nothing since the start.</param>
/// <param name="Problem">Why the last beat was not answered; null when it was.</param>
public sealed record ZoneContact(JoinedZoneRecord Joined, TimeSpan? SilentFor, string? Problem)
{
    /// <summary>Whether the zone counts as connected.</summary>
    public bool IsConnected => SilentFor < SiteContact.LongestSilence;
}

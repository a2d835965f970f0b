using Hutch.Datasets.Replication.Sites;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Logins;

namespace Hutch.Simulation.Tests.Names;

/// <summary>How a site reaches its zone: not at all while it is cut off; else questions and answers are lost now and then.</summary>
internal sealed class NamingNetwork(string siteId, ZoneFolder zone, Random chance) : ISiteNetwork
{
    private static readonly HutchError Lost = ErrorCode.Unavailable.With("Nobody answers.");

    public NamingSite Site { get; set; } = null!;

    public bool IsCutOff { get; set; }

    public bool IsFaulty { get; set; } = true;

    /// <summary>Whether the site has said that it has nothing left from before it joined.</summary>
    public bool HasToldAll { get; private set; }

    public string Name => "site";

    public string? Address => null;

    public ZoneContact? Zone => new(null!, IsCutOff ? TimeSpan.FromHours(1) : TimeSpan.Zero, null);

    public Task<Result<NameRecord>> ReserveNameAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct) =>
        RequestAsync(caller.Token!.Id, new NameReservation(dataset, owner, slug), ct);

    public Task<Result<NameRecord>> RegisterNameAsync(ProvisionalName provisional, string token, bool isForMaker, CancellationToken ct) => RequestAsync(
        token,
        new NameReservation(provisional.Dataset, isForMaker ? null : AccountName.Parse(provisional.Owner).Value, Slug.Parse(provisional.Slug).Value) { IsThere = true },
        ct);

    public async Task<Result<Done>> ReleaseNameAsync(DatasetId dataset, CancellationToken ct) =>
        IsCutOff || IsLost() ? Lost : await new SiteNames(zone.Zone).ReleaseAsync(siteId, dataset, ct);

    public Task<Result<SiteLogin>> LogInAsync(SiteLoginCode code, CancellationToken ct) => throw new NotSupportedException();

    public SiteContact? ContactOf(string id) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<TrafficLine>> TrafficAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task NextBeatAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<JoinedZoneRecord>> JoinAsync(JoinToken token, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<ExpectedDataset>>> ListExpectedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<(JoinedZoneRecord Zone, AdmittedSite Site)>> JoinWithAsync(
        JoinToken token, IReadOnlyList<ImportedAccount> accounts, IReadOnlyList<ImportedDataset> datasets, bool isTrial,
        CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<ImportedName>>> ImportAsync(
        IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct)
    {
        HasToldAll |= isLast;
        return Task.FromResult(Result<IReadOnlyList<ImportedName>>.Ok([]));
    }

    public ValueTask FollowAsync(JoinedZoneRecord joined, CancellationToken ct) => throw new NotSupportedException();

    private bool IsLost() => IsFaulty && chance.Next(4) == 0;

    private async Task<Result<NameRecord>> RequestAsync(string token, NameReservation wanted, CancellationToken ct)
    {
        if (IsCutOff || IsLost())
        {
            return Lost;
        }

        Result<long> reserved = await new SiteNames(zone.Zone).ReserveAsync(siteId, token, wanted, ct);
        if (!reserved.IsOk)
        {
            return IsLost() ? Lost : reserved.Error;
        }

        if (IsLost())
        {
            return Lost;
        }

        await Site.FollowAsync();
        return (await Site.NameAsync(wanted.Dataset))!;
    }
}

using Hutch.Datasets.Replication.Sites;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;

namespace Hutch.Federation.Tests.Placement;

/// <summary>The connection to a zone that takes a site for the home of a page of datasets that were never there.</summary>
internal sealed class ForgetfulZone : ISiteNetwork
{
    private readonly List<ExpectedDataset> _page =
    [
        .. Enumerable.Range(1, SiteCheck.MaxDatasets)
            .Select(static number => new ExpectedDataset(new DatasetId(new Guid(number, 0, 0, new byte[8])), $"ada/{number}", Holding.Home)),
    ];

    public string Name => "here";

    public string? Address => null;

    public ZoneContact? Zone => null;

    public Task<Result<IReadOnlyList<ExpectedDataset>>> ListExpectedAsync(
        DatasetId? after, int limit, IReadOnlyList<DatasetId>? some, CancellationToken ct) =>
        Task.FromResult<Result<IReadOnlyList<ExpectedDataset>>>(
            some is null ? _page
            : some.Count > SiteCheck.MaxDatasets ? ErrorCode.BadRequest.With("At most 1000 datasets are asked for at once.")
            : _page.Where(one => some.Contains(one.Dataset)).ToList());

    public Task<Result<SiteLogin>> LogInAsync(SiteLoginCode code, CancellationToken ct) => throw new NotSupportedException();

    public SiteContact? ContactOf(string siteId) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<TrafficLine>> TrafficAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task NextBeatAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<JoinedZoneRecord>> JoinAsync(JoinToken token, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<NameRecord>> ReserveNameAsync(
        Caller caller, DatasetId dataset, AccountName? owner, Slug slug, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<NameRecord>> RegisterNameAsync(ProvisionalName provisional, string token, bool isForMaker, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<Result<Done>> ReleaseNameAsync(DatasetId dataset, CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<(JoinedZoneRecord Zone, AdmittedSite Site)>> JoinWithAsync(
        JoinToken token, IReadOnlyList<ImportedAccount> accounts, IReadOnlyList<ImportedDataset> datasets, bool isTrial,
        CancellationToken ct) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<ImportedName>>> ImportAsync(
        IReadOnlyList<ImportedDataset> datasets, bool isLast, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask FollowAsync(JoinedZoneRecord zone, CancellationToken ct) => throw new NotSupportedException();
}

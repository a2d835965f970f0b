using Hutch.Datasets.Registry;
using Hutch.Disk;
using Hutch.Federation.Links;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Zone.Authorization;
using Hutch.Zone.Names;
using Hutch.Zone.Replication.Sites;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Simulation.Tests.Names;

/// <summary>A site with records and a view of its zone on a real disk, where datasets are made, and which stops at any step.</summary>
internal sealed class NamingSite : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-names-").FullName;
    private readonly ZoneFolder _zone;
    private readonly ZoneFolder _view = new(TimeProvider.System);
    private FeedStage _stage = new(null);
    private SiteServices _site = null!;
    private DatasetNames _names = null!;
    private ProvisionalNameRegistry _given = null!;
    private NameReconciler _reconciler = null!;
    private ProvisionalNames _provisional = null!;

    private NamingSite(string id, ZoneFolder zone, NamingNetwork network) => (Id, _zone, Network) = (id, zone, network);

    public string Id { get; }

    /// <summary>How it reaches the zone.</summary>
    public NamingNetwork Network { get; }

    /// <summary>The token that its user has for it.</summary>
    public string Token { get; set; } = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="id">Its id.</param>
    /// <param name="zone">Its zone.</param>
    /// <param name="network">How it reaches the zone.</param>
    /// <param name="had">What it had before it joined; null for nothing. With that it has not heard of the zone yet.</param>
    public static async Task<NamingSite> StartAsync(
        string id, ZoneFolder zone, NamingNetwork network, (ImportedDataset Dataset, PrincipalId Owner)? had = null)
    {
        var site = new NamingSite(id, zone, network);
        network.Site = site;
        var joined = new JoinedZoneRecord(zone.Zone.Id, id, "site-" + id[^1], "zone:1", BlobHash.Compute([1]), DateTimeOffset.UtcNow);
        Assert.True((await site._view.Zone.JoinAsync(
            AuditActor.Server, joined,
            _ => Result<IReadOnlyList<(ImportedDataset, PrincipalId)>>.Ok(had is { } imported ? [imported] : []), Ct)).IsOk);
        await site.OpenAsync();
        if (had is null)
        {
            await site.FollowAsync();
        }

        return site;
    }

    /// <summary>Makes a dataset as its users do; stops at once after one of the steps, where that is wanted.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="slug">Its name.</param>
    /// <param name="stopAfter">1: the name is reserved; 2: it is made; 0: it does not stop, and answers.</param>
    /// <returns>Whether it was answered that the dataset was made.</returns>
    public async Task<bool> CreateAsync(DatasetId id, string slug, int stopAfter)
    {
        if (await CallerAsync() is not { } caller)
        {
            return false;
        }

        using (_reconciler.Begin(id))
        {
            Result<NameRecord> reserved = await _reconciler.ReserveAsync(caller, id, isNewId: true, null, Slug.Parse(slug).Value, Ct);
            if (!reserved.IsOk)
            {
                // Taken; or the token was revoked, which this site has not heard.
                Assert.True(
                    reserved.Error.Code == ErrorCode.AlreadyExists || reserved.Error.Code == ErrorCode.Unauthenticated,
                    reserved.Error.Message);
                return false;
            }

            if (stopAfter != 1)
            {
                Result<SiteDataset> made = await _site.Lifecycle.CreateAsync(
                    new NewDataset { Id = id, Owner = "ada", Slug = reserved.Value.Slug, By = "ada" }, Ct);
                Assert.True(made.IsOk, made.Error?.Message);
            }
        }

        if (stopAfter > 0)
        {
            await RestartAsync();
        }

        return stopAfter == 0;
    }

    /// <summary>Forgets everything that is not durable.</summary>
    public async Task RestartAsync()
    {
        await _site.DisposeAsync();
        await _view.RestartAsync();
        await OpenAsync();
    }

    /// <summary>Takes over what the zone is now.</summary>
    public async Task FollowAsync()
    {
        FeedPosition? asked = _stage.At;
        FeedBatch batch = (await new ZoneFeed(_zone.Zone, TimeProvider.System).ReadAsync(Id, asked, Ct))!;
        Assert.True(_stage.Accept(asked, batch));
        Result<FeedPosition> applied = await new SiteView(_view.Zone, TimeProvider.System).ApplyAsync(
            _stage.Items, _stage.IsWhole, _stage.From, _stage.At!, Ct);
        Assert.True(applied.IsOk, applied.Error?.Message);
        _stage = new FeedStage(_stage.At);
    }

    /// <summary>Asks the zone for lasting names.</summary>
    public Task RegisterAsync() => _provisional.StepAsync(Ct);

    /// <summary>The names that the zone does not know.</summary>
    public async Task<IReadOnlyList<ProvisionalName>> UnregisteredAsync() =>
        [.. (await _given.ListAsync(Ct)).Where(static name => !name.IsRegistered)];

    /// <summary>The name of a dataset as this site sees it.</summary>
    public ValueTask<NameRecord?> NameAsync(DatasetId dataset) => _given.FindAsync(dataset, Ct);

    /// <summary>All names that this site sees.</summary>
    public ValueTask<IReadOnlyList<NameRecord>> NamesAsync() => _view.Zone.ReadAsync(static tables => tables.Names.ListAll(null, 1000), Ct);

    /// <summary>What this site has of a dataset.</summary>
    public ValueTask<SiteDataset?> FindAsync(DatasetId dataset) => _site.Records.ReadAsync(queries => queries.Dataset(dataset), Ct);

    /// <summary>Which dataset a name means here.</summary>
    public async Task<Result<DatasetId>> ResolveAsync(Caller caller, string slug) =>
        (await _names.ResolveAsync(caller, new DatasetRef(null, AccountName.Parse("ada").Value, Slug.Parse(slug).Value, null), Ct))
            .Then<DatasetId>(static access => access.Dataset.Dataset);

    /// <summary>Whom the token stands for, as far as this site knows; null when it knows none, or it was revoked.</summary>
    public ValueTask<Caller?> CallerAsync() => _view.Zone.ReadAsync(
        tables => tables.Tokens.Find(Token) is { RevokedAt: null } token && tables.Principals.FindUser(token.UserId) is { } user
            ? Caller.ForToken(user, [], RoleSet.From(Role.User), token)
            : null,
        Ct);

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _view.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync()
    {
        _site = await SiteServices.OpenAsync(
            LocalDisk.Instance, _folder, new SiteOptions { Clock = new ClockOptions { SettleMinutes = 0 } }, TimeProvider.System,
            NullLoggerFactory.Instance, Ct);
        var authorizer = new Authorizer(
            _view.Zone, new ChangedRights(_view.Zone), new OfflineRights(TimeSpan.Zero, TimeProvider.System), TimeProvider.System);
        _names = new DatasetNames(_view.Zone, authorizer, TimeProvider.System);
        _given = new ProvisionalNameRegistry(_view.Zone);
        _reconciler = new NameReconciler(_names, _given, _site.Records, _site.Lifecycle, Network);
        _provisional = new ProvisionalNames(_given, _reconciler, _site.Records, Network, TimeProvider.System);
        _stage = new FeedStage(await new SiteView(_view.Zone, TimeProvider.System).PositionAsync(Ct));
    }
}

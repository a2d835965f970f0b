using System.Collections.Immutable;
using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Federation.Links;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Credentials;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Placement;

namespace Hutch.Simulation.Tests.Placement;

/// <summary>A zone with datasets at its own site, and rules that come and go while sites are relabelled, emptied and opened again.</summary>
internal sealed class PlacingZone(World world) : IAsyncDisposable
{
    private const long Bytes = 1 << 20;
    private const string OwnName = "facility";

    private static readonly TypeLineage Type = new(["generic"], IsKnown: true);
    private static readonly string[] Tiers = ["archive", "compute"];
    private static readonly string[] Countries = ["CZ", "DE", "FR"];

    private readonly SiteContacts _contacts = new(world.Clock());
    private int _count;

    public ZoneFolder Database { get; } = new(world.Clock());

    public List<DatasetId> Datasets { get; } = [];

    /// <summary>What sites say of their copies, and what they are to have.</summary>
    public CopyRegistry Copies => new(Database.Zone, null!, new CopyNotices(Database.Zone, null!));

    private Placements Placements => new(Database.Zone, null!);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<SiteRecord> AddSiteAsync(string name) => ChangeAsync(change =>
    {
        string id = NewId();
        change.Sites.Add(id, name, BlobHash.Compute(Guid.NewGuid().ToByteArray()), AnyLabels());
        change.Sites.RecordContact(id, null, 1L << 40);
        return change.Sites.Find(id)!;
    });

    /// <summary>Makes a dataset, or a rule, or ends one, or changes a site.</summary>
    public async Task ChangeSomethingAsync() => await ChangeAsync(change =>
    {
        IReadOnlyList<RuleRecord> rules = change.Rules.List();
        SiteRecord site = Any(change.Sites.List());
        switch (world.Chance.Next(8))
        {
            case 0 when Datasets.Count < 8:
                Datasets.Add(NewDataset(change));
                break;
            case 1 when rules.Count > 2:
                RuleRegistry.End(change, Any(rules), "ended");
                break;
            case 2:
                change.Sites.SetLabels(site.Id, AnyLabels());
                break;
            case 3:
                change.Sites.SetTerms(site.Id, new SiteTerms(Any<SiteIntake>([SiteIntake.NothingNew, SiteIntake.ReadOnly, SiteIntake.Draining]), null));
                break;
            case 4:
                change.Sites.SetTerms(site.Id, SiteTerms.Open);
                break;
            default:
                RuleScope scope = Datasets.Count > 0 && world.Chance.Next(2) == 0 ? RuleScope.From(Any(Datasets)) : RuleScope.All;
                DateTimeOffset? until = world.Chance.Next(3) == 0 ? world.Clock().GetUtcNow().AddSeconds(world.Chance.Next(1, 40)) : null;
                change.Rules.Add(scope, PlacementRule.Parse($"{world.Chance.Next(1, 4)} copies where {AnyWhere()}").Value, until, "somebody");
                break;
        }

        return true;
    });

    /// <summary>Decides what follows from the rules, as the server does each second.</summary>
    public async Task<IReadOnlyList<PlannedDataset>> PlaceAsync()
    {
        await Placements.EndDueAsync(Ct);
        return await Placements.AssignAsync(
            [.. Datasets.Select(static one => new DatasetFacts(one, Bytes, Type, null))], new SiteFacts(OwnName, 1L << 40, AwaySince), Ct);
    }

    /// <summary>Notes a beat, as the door of the zone does.</summary>
    public void Hear(SiteRecord site) => _contacts.RecordBeat(
        site.Id, new BeatRequest { Release = "1.0.0", Time = world.Clock().GetUtcNow() }, null, TimeSpan.MaxValue);

    public ValueTask<IReadOnlyList<SiteRecord>> SitesAsync() => Database.Zone.ReadAsync(static tables => tables.Sites.List(), Ct);

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private DateTimeOffset? AwaySince(SiteRecord site) =>
        _contacts.Find(site.Id) is { } contact
            ? contact.IsConnected ? null : world.Clock().GetUtcNow() - contact.SilentFor
            : site.JoinedAt;

    private DatasetId NewDataset(ZoneChange change)
    {
        UserRecord owner = change.Principals.CreateUser(Credential.NewPrincipalId(), $"owner{_count}", null).Value;
        var dataset = new DatasetId(Guid.NewGuid());
        Assert.True(change.Names.Reserve(dataset, new PrincipalRecord(owner.Id, PrincipalKind.User, owner.Name), "scan", Visibility.Private).IsOk);
        return dataset;
    }

    private ImmutableSortedDictionary<string, string> AnyLabels() =>
        SiteLabels.Empty.Add("tier", Any(Tiers)).Add("country", Any(Countries));

    private string AnyWhere() => world.Chance.Next(4) switch
    {
        0 => $"tier={Any(Tiers)} & country!={Any(Countries)}",
        1 => $"country={Any(Countries)} | tier={Any(Tiers)}",
        2 => $"site!={OwnName}",
        _ => $"tier={Any(Tiers)}",
    };

    private T Any<T>(IReadOnlyList<T> list) => list[world.Chance.Next(list.Count)];

    private string NewId() => (++_count).ToString("x16", CultureInfo.InvariantCulture);

    private Task<T> ChangeAsync<T>(Func<ZoneChange, T> work)
    {
        _count++;
        return Database.ChangeAsync(work);
    }
}

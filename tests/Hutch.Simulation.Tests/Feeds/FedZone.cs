using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Support;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Simulation.Tests.Feeds;

/// <summary>A zone in which things happen, which remembers what it was at each position of its feed.</summary>
internal sealed class FedZone : IAsyncDisposable
{
    private const int Kinds = 18;

    private readonly World _world;
    private readonly List<PrincipalId> _users = [];
    private readonly List<PrincipalId> _groups = [];
    private readonly List<DatasetId> _datasets = [];
    private readonly List<string> _tokens = [];
    private readonly List<SiteRecord> _sites = [];
    private string? _copy;
    private int _count;

    public FedZone(World world)
    {
        _world = world;
        Database = new ZoneFolder(world.Clock());
    }

    public ZoneFolder Database { get; }

    /// <summary>What each site could have seen, by the position.</summary>
    public Dictionary<(string Site, FeedPosition At), string> Known { get; } = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Adds a site.</summary>
    public async Task<SiteRecord> AddSiteAsync(string name)
    {
        string id = (_sites.Count + 1).ToString("x16", CultureInfo.InvariantCulture);
        SiteRecord site = await ChangeAsync(change => change.Sites.Add(id, name, BlobHash.Compute(new byte[] { (byte)_sites.Count }), SiteLabels.Empty));
        _sites.Add(site);
        await RememberAsync();
        return site;
    }

    /// <summary>Changes something, anything, in one transaction.</summary>
    public async Task ChangeSomethingAsync()
    {
        int changes = 1 + _world.Chance.Next(4);
        for (int i = 0; i < changes; i++)
        {
            await ChangeAsync(change =>
            {
                for (int rows = _world.Chance.Next(1, 5); rows > 0; rows--)
                {
                    ChangeRow(change, _world.Chance.Next(Kinds));
                }

                return true;
            });
            await RememberAsync();
        }
    }

    /// <summary>Changes something of each kind, so that no table is empty.</summary>
    public async Task ChangeEverythingAsync()
    {
        await ChangeAsync(change =>
        {
            change.Rules.List().ToList().ForEach(rule => End(change, rule));
            return true;
        });
        await RememberAsync();
        for (int kind = 0; kind < 13; kind++)
        {
            await ChangeAsync(change =>
            {
                ChangeRow(change, kind);
                return true;
            });
            await RememberAsync();
        }
    }

    /// <summary>Copies the file, as the server does every hour.</summary>
    public async Task CopyAsync() => _copy = await Database.CopyAsync();

    /// <summary>Puts the zone back to what it was when it was last copied, as an operator does by hand. Nobody is told.</summary>
    public async Task PutBackAsync()
    {
        if (_copy is null)
        {
            return;
        }

        await Database.ReplaceAsync(_copy);
        List<string> left = await Database.Zone.ReadAsync(tables => tables.Principals.ListUsers(null, 1000).Select(user => user.Id.ToString()).ToList(), Ct);
        _users.RemoveAll(id => !left.Contains(id.ToString()));
        left = await Database.Zone.ReadAsync(tables => tables.Principals.ListGroups(null, 1000).Select(group => group.Id.ToString()).ToList(), Ct);
        _groups.RemoveAll(id => !left.Contains(id.ToString()));
        left = await Database.Zone.ReadAsync(tables => tables.Names.ListAll(null, 1000).Select(name => name.Dataset.ToString()).ToList(), Ct);
        _datasets.RemoveAll(id => !left.Contains(id.ToString()));
        _tokens.Clear();
        await RememberAsync();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private async Task RememberAsync()
    {
        foreach (SiteRecord site in _sites)
        {
            FeedPosition now = await Database.Zone.ReadAsync(tables => tables.Feed.Newest(), Ct);
            Known[(site.Id, now)] = await Database.DumpAsync(site.Id);
        }
    }

    private Task<T> ChangeAsync<T>(Func<ZoneChange, T> work)
    {
        _count++;
        return Database.ChangeAsync(work);
    }

    private void ChangeRow(ZoneChange change, int kind)
    {
        switch (kind)
        {
            case 0 or 1:
                _users.Add(change.Principals.CreateUser(NewPrincipal(), NewName("u"), null).Value.Id);
                break;
            case 2 when _users.Count > 0:
                change.Principals.SetDisabled(Any(_users), _world.Chance.Next(2) == 0);
                break;
            case 3:
                _groups.Add(change.Principals.CreateGroup(NewPrincipal(), NewName("g"), "a group").Value.Id);
                break;
            case 4 when _groups.Count > 0 && _users.Count > 0:
                change.Memberships.Put(Any(_groups), Any(_users), _world.Chance.Next(2) == 0);
                break;
            case 5 when _groups.Count > 0 && _users.Count > 0:
                change.Memberships.Remove(Any(_groups), Any(_users));
                break;
            case 6 when _users.Count > 0:
                change.Roles.Set(Any(_users), _world.Chance.Next(4) switch
                {
                    0 => [Role.User],
                    1 => [Role.Operator],
                    2 => [new AssignedRole(Role.SiteAdmin, Any(_sites).Id)],
                    _ => [Role.Auditor],
                });
                break;
            case 7 when _users.Count > 0:
                AddToken(change);
                break;
            case 8 when _tokens.Count > 0:
                change.Tokens.Revoke(Any(_tokens));
                break;
            case 9 when _users.Count > 0:
                DatasetId dataset = new(NewGuid());
                Assert.True(change.Names.Reserve(dataset, Owner(change), NewName("d"), Visibility.Private, _world.Chance.Next(2) == 0 ? null : Any(_sites).Id).IsOk);
                _datasets.Add(dataset);
                break;
            case 10 when _datasets.Count > 0:
                change.Grants.Remove(Any(_datasets), Any(_users));
                break;
            case 12 when _datasets.Count > 0:
                change.Grants.Put(Any(_datasets), Any(_users), _world.Chance.Next(2) == 0 ? Rights.Read : Rights.View, null, Any(_users));
                break;
            case 11 when _datasets.Count > 1:
                SwapNames(change, Any(_datasets), Any(_datasets));
                break;
            case 14 when _datasets.Count > 0:
                RuleScope scope = _world.Chance.Next(4) switch
                {
                    0 => RuleScope.All,
                    1 => RuleScope.From(Owner(change).Id),
                    2 => RuleScope.OfType(_world.Chance.Next(2) == 0 ? "secret" : "open"),
                    _ => RuleScope.From(Any(_datasets)),
                };
                change.Rules.Add(scope, PlacementRule.Parse($"serve where site={Any(_sites).Name}").Value, null, "somebody");
                change.Feed.SendAgain(scope);
                break;
            case 15 when change.Rules.List() is { Count: > 0 } rules:
                End(change, rules[_world.Chance.Next(rules.Count)]);
                break;
            case 17 when _datasets.Count > 0:
                DatasetId told = Any(_datasets);
                TypeLineage type = _world.Chance.Next(3) switch
                {
                    0 => new TypeLineage(["secret", "generic"], IsKnown: true),
                    1 => new TypeLineage(["open", "generic"], IsKnown: true),
                    _ => new TypeLineage(["foreign", "generic"], IsKnown: false),
                };
                var summary = new DatasetSummary
                {
                    Dataset = told,
                    Epoch = change.Homes.Find(told)!.Epoch,
                    Title = _world.Chance.Next(2) == 0 ? null : NewName("t"),
                    Type = type.Types[0],
                    Origin = DatasetOrigin.Derived,
                    Created = 1,
                    Files = _world.Chance.Next(10),
                    Bytes = _world.Chance.Next(10),
                    HeadVersion = _count,
                };
                SummaryRegistry.Put(change, summary, type);
                break;
            case 16 when _datasets.Count > 0:
                MoveHome(change, Any(_datasets), Any(_sites).Id);
                break;
            case 13 when _datasets.Count > 0:
                DatasetId gone = Any(_datasets);
                change.Names.Release(gone);
                _datasets.Remove(gone);
                break;
        }
    }

    /// <summary>Two names change places in one change: a view that put one row after the other would find the name taken.</summary>
    private void SwapNames(ZoneChange change, DatasetId one, DatasetId other)
    {
        if (one == other)
        {
            return;
        }

        NameRecord first = change.Names.Find(one)!;
        NameRecord second = change.Names.Find(other)!;
        change.Names.Rename(one, first.Owner, NewName("d"));
        change.Names.Rename(other, first.Owner, first.Slug);
        change.Names.Rename(one, second.Owner, second.Slug);
    }

    private void MoveHome(ZoneChange change, DatasetId dataset, string siteId)
    {
        change.Homes.SetNext(dataset, siteId);
        if (_world.Chance.Next(2) == 0)
        {
            HomeRecord before = change.Homes.Find(dataset)!;
            var history = BlobHash.Compute(NewGuid().ToByteArray());
            change.Homes.Release(dataset, siteId, history, "released");
            change.Homes.Move(new HomeAssignment(dataset, siteId, before.Epoch + 1, history, before.SiteId), "granted", "released");
        }
    }

    private static void End(ZoneChange change, RuleRecord rule)
    {
        change.Rules.End(rule.Number);
        change.Feed.SendAgain(rule.Scope);
    }

    private PrincipalRecord Owner(ZoneChange change)
    {
        UserRecord user = change.Principals.FindUser(Any(_users))!;
        return new PrincipalRecord(user.Id, PrincipalKind.User, user.Name);
    }

    private void AddToken(ZoneChange change)
    {
        string id = (_count++).ToString("x16", CultureInfo.InvariantCulture);
        TokenScope scope = TokenScope.Full;
        change.Tokens.Create(
            id, Any(_users), "a token", BlobHash.Compute(NewGuid().ToByteArray()),
            _world.Chance.Next(3) == 0 || _sites.Count == 0 ? scope : scope.At(Any(_sites).Id), null);
        _tokens.Add(id);
    }

    private T Any<T>(List<T> list) => list[_world.Chance.Next(list.Count)];

    private string NewName(string kind) => kind + (_count++).ToString(CultureInfo.InvariantCulture);

    private PrincipalId NewPrincipal() => new(NewGuid());

    private Guid NewGuid()
    {
        byte[] bytes = new byte[16];
        _world.Chance.NextBytes(bytes);
        return new Guid(bytes);
    }
}

using System.Globalization;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Simulation.Tests.Feeds;

namespace Hutch.Simulation.Tests.Names;

/// <summary>A zone and two sites where datasets of few names are made, and everything that was answered.</summary>
internal sealed class NamingWorld : IAsyncDisposable
{
    private const int Sites = 2;

    private static readonly PrincipalId Ada = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly string[] Slugs = ["scan", "dark", "flat"];

    private readonly Random _chance;
    private readonly ZoneFolder _zone = new(TimeProvider.System);
    private readonly List<NamingSite> _sites = [];
    private readonly Dictionary<DatasetId, NamingSite> _answered = [];
    private readonly Dictionary<(NamingSite Site, string Slug), DatasetId> _meant = [];
    private readonly HashSet<DatasetId> _known = [];
    private int _count;

    private NamingWorld(int seed) => _chance = new Random(seed);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<NamingWorld> StartAsync(int seed)
    {
        var world = new NamingWorld(seed);
        string[] ids = [.. Enumerable.Range(1, Sites).Select(static number => number.ToString("x16", CultureInfo.InvariantCulture))];
        await world.ChangeAsync(change =>
        {
            change.Principals.CreateUser(Ada, "ada", null);
            ids.ToList().ForEach(id => change.Sites.Add(id, "site-" + id[^1], BlobHash.Compute([(byte)id[^1]]), SiteLabels.Empty));
        });
        foreach (string id in ids)
        {
            NamingSite site = await NamingSite.StartAsync(id, world._zone, new NamingNetwork(id, world._zone, world._chance));
            world._sites.Add(site);
            await world.GiveTokenAsync(site);
            await site.FollowAsync();
        }

        return world;
    }

    /// <summary>Does anything, somewhere, and looks whether all is well.</summary>
    public async Task StepAsync()
    {
        NamingSite site = _sites[_chance.Next(Sites)];
        switch (_chance.Next(14))
        {
            case 0 or 1 or 2 or 3:
                await CreateAsync(site, Slugs[_chance.Next(Slugs.Length)]);
                break;
            case 4:
                await ChangeAsync(change => change.Names.Reserve(
                    NewId(), change.Principals.Find("ada")!, Slugs[_chance.Next(Slugs.Length)], Visibility.Private));
                break;
            case 5 or 6:
                site.Network.IsCutOff = !site.Network.IsCutOff;
                break;
            case 7:
                await site.RestartAsync();
                break;
            case 8:
                await RenameAsync();
                break;
            case 9:
                await ChangeAsync(change => change.Tokens.Revoke(site.Token));
                break;
            case 10:
                await GiveTokenAsync(site);
                break;
            case 11 or 12 when !site.Network.IsCutOff:
                await site.FollowAsync();
                break;
            default:
                await site.RegisterAsync();
                break;
        }

        await CheckAsync();
    }

    /// <summary>Ends all faults, and lets the sites do what is left to do.</summary>
    public async Task SettleAsync()
    {
        foreach (NamingSite site in _sites)
        {
            (site.Network.IsCutOff, site.Network.IsFaulty) = (false, false);
            await GiveTokenAsync(site);
            await site.FollowAsync();
            await site.RegisterAsync();
            await site.RegisterAsync();
        }

        foreach (NamingSite site in _sites)
        {
            await site.FollowAsync();
        }

        await CheckAsync();
    }

    /// <summary>Everything that was answered has one name, the zone's, at its home and everywhere.</summary>
    public async Task CheckSettledAsync()
    {
        foreach (NamingSite site in _sites)
        {
            Assert.Empty(await site.UnregisteredAsync());
        }

        foreach ((DatasetId dataset, NamingSite home) in _answered)
        {
            NameRecord? atZone = await _zone.Zone.ReadAsync(tables => tables.Names.Find(dataset), Ct);
            SiteDataset there = (await home.FindAsync(dataset))!;
            Assert.Equal((home.Id, 1L), (atZone?.Home.SiteId, atZone?.Home.Epoch));
            foreach (NamingSite site in _sites)
            {
                NameRecord? seen = await site.NameAsync(dataset);
                Assert.Equal((atZone?.FullName, atZone?.Home), (seen?.FullName, seen?.Home));
            }

            Assert.Equal("ada", there.Owner);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (NamingSite site in _sites)
        {
            await site.DisposeAsync();
        }

        await _zone.DisposeAsync();
    }

    private async Task CreateAsync(NamingSite site, string slug)
    {
        DatasetId dataset = NewId();
        int stopAfter = Math.Max(0, _chance.Next(5) - 2);
        bool isAnswered = await site.CreateAsync(dataset, slug, stopAfter);
        if (isAnswered)
        {
            _answered.Add(dataset, site);
        }

        // A name that the zone has given is no alias any more, also when the dataset then was not made.
        _meant.Remove(stopAfter == 1 ? (site, slug) : default);
        if (await site.FindAsync(dataset) is not null)
        {
            _meant[(site, slug)] = dataset;
        }
    }

    private async Task RenameAsync()
    {
        await ChangeAsync(change =>
        {
            IReadOnlyList<NameRecord> all = change.Names.ListAll(null, 1000);
            if (all.Count > 0)
            {
                NameRecord any = all[_chance.Next(all.Count)];
                change.Names.Rename(any.Dataset, any.Owner, "renamed-" + _count++.ToString(CultureInfo.InvariantCulture));
                foreach ((NamingSite, string) name in _meant.Where(one => one.Value == any.Dataset).Select(static one => one.Key).ToList())
                {
                    _meant.Remove(name);
                }
            }
        });
    }

    private async Task CheckAsync()
    {
        foreach (NameRecord name in await _zone.Zone.ReadAsync(static tables => tables.Names.ListAll(null, 1000), Ct))
        {
            _known.Add(name.Dataset);
        }

        foreach (NamingSite site in _sites)
        {
            // Nothing that the zone does not know is seen anywhere but where it was made.
            Assert.All(
                await site.NamesAsync(),
                name => Assert.True(_known.Contains(name.Dataset) || (name.IsProvisional && name.Home.SiteId == site.Id)));
        }

        foreach ((DatasetId dataset, NamingSite home) in _answered)
        {
            Assert.NotNull(await home.FindAsync(dataset));
            Assert.Equal(("ada", home.Id), (await home.NameAsync(dataset) is { } name ? (name.Owner.Name, name.Home.SiteId) : default));
        }

        foreach (((NamingSite site, string slug), DatasetId dataset) in _meant)
        {
            if (await site.CallerAsync() is { } caller)
            {
                Assert.Equal(dataset, (await site.ResolveAsync(caller, slug)).Value);
            }
        }
    }

    private async Task GiveTokenAsync(NamingSite site)
    {
        site.Token = _count++.ToString("x16", CultureInfo.InvariantCulture);
        await ChangeAsync(change => change.Tokens.Create(
            site.Token, Ada, null, BlobHash.Compute([1]), TokenScope.Full.At(site.Id), null));
    }

    private DatasetId NewId()
    {
        byte[] bytes = new byte[16];
        _chance.NextBytes(bytes);
        return new DatasetId(new Guid(bytes));
    }

    private async Task ChangeAsync(Action<ZoneChange> work) => Assert.True((await _zone.Zone.ChangeAsync<Done>(
        AuditActor.Server,
        change =>
        {
            work(change);
            change.AddAudit("simulated", null);
            return Done.Value;
        },
        Ct)).IsOk);
}

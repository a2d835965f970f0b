using System.Globalization;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model;
using Hutch.Site.Tests.Crashes;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;

namespace Hutch.Cluster.Tests.Bytes.Collecting;

/// <summary>
/// Two servers put the same contents into temporary and lasting datasets while room is made, packs are merged, garbage is collected and
/// datasets are kept: what lasts is read at both, and what does not is either there as it was or says that it made room.
/// </summary>
public sealed class RandomTemporaryTests
{
    private const int Limit = 1 << 20;
    private const int Steps = 60;

    private readonly StandingTime _time = new();
    private readonly List<Known> _datasets = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task What_lasts_stays_and_what_does_not_is_whole_or_says_why_it_is_not(int seed)
    {
        var random = new Random(seed);
        await using CollectingServers servers = await CollectingServers.OpenAsync(_time, Limit);
        byte[][] contents = [.. Enumerable.Range(0, 16).Select(i => Content(random, i))];
        await CreateAsync(servers, days: null);
        await CreateAsync(servers, days: 3);
        await CreateAsync(servers, days: 30);
        bool isBusy = false;
        servers.Condemning = async () =>
        {
            if (!isBusy && random.Next(2) == 0)
            {
                isBusy = true;
                await PutAsync(servers[random.Next(2)], contents, random);
                isBusy = false;
            }
        };
        for (int i = 0; i < Steps; i++)
        {
            await StepAsync(servers, contents, random);
        }

        servers.Condemning = static () => Task.CompletedTask;
        await servers.PackAsync(0);
        await servers[1].Site.TemporaryDataLimit.CheckAsync(Ct);
        await servers.SweepAsync(0);
        await CheckAsync(servers[0]);
        await CheckAsync(servers[1]);
        Assert.True(servers[0].Site.TemporaryDataLimit.Used <= Limit);
        Assert.False(servers.HasDamage);
    }

    private static byte[] Content(Random random, int number)
    {
        var content = new byte[number % 3 == 0 ? (300 << 10) + number : random.Next(1, 60_000)];
        random.NextBytes(content);
        return content;
    }

    private async Task StepAsync(CollectingServers servers, byte[][] contents, Random random)
    {
        int server = random.Next(2);
        switch (random.Next(20))
        {
            case < 10:
                await PutAsync(servers[server], contents, random);
                break;
            case < 13:
                await servers[server].Site.TemporaryDataLimit.CheckAsync(Ct);
                break;
            case < 15:
                await servers.PackAsync(server);
                await servers.MergeAsync(server);
                break;
            case 15:
                await servers.SweepAsync(server);
                break;
            case 16:
                await servers[server].Site.Collector.CollectAsync(Ct);
                break;
            case 17:
                await servers[server].Site.HeadCompactor.CompactAsync(_datasets[random.Next(_datasets.Count)].Id, CompactionRequest.Automatic, Ct);
                break;
            case 18:
                await KeepAsync(servers, server, random);
                break;
            default:
                await CheckAsync(servers[server]);
                break;
        }
    }

    private async Task CreateAsync(CollectingServers servers, int? days)
    {
        string slug = string.Create(CultureInfo.InvariantCulture, $"d{_datasets.Count}");
        _datasets.Add(new Known((await servers[0].CreateAsync(slug, days)).Id) { Lasts = days is null });
        await servers[1].Site.ReadIndex.AwaitAsync(Ct);
    }

    private async Task PutAsync(SimulatedSite site, byte[][] contents, Random random)
    {
        Known known = _datasets[random.Next(_datasets.Count)];
        string path = string.Create(CultureInfo.InvariantCulture, $"f{random.Next(40)}");
        byte[] content = contents[random.Next(contents.Length)];
        await site.Site.ReadIndex.AwaitAsync(Ct);
        await site.PutAsync((await site.Site.Heads.DatasetAsync(known.Id, Ct)).Value, path, content);
        known.Files[path] = content;
    }

    /// <summary>Room is made at the other server meanwhile: what was there when it began must be there afterwards.</summary>
    private async Task KeepAsync(CollectingServers servers, int server, Random random)
    {
        if (_datasets.FindAll(static known => !known.Lasts) is not { Count: > 0 } temporary)
        {
            return;
        }

        Known known = temporary[random.Next(temporary.Count)];
        SimulatedSite site = servers[server];
        await site.Site.ReadIndex.AwaitAsync(Ct);
        foreach (string path in known.Files.Keys.ToList())
        {
            if (await site.HasMadeRoomAsync(known.Id, BlobHash.Compute(known.Files[path])))
            {
                known.Files.Remove(path);
            }
        }

        site.Site.Keeper.Reached = _ => servers[1 - server].Site.TemporaryDataLimit.CheckAsync(Ct);
        Result<CopiedTotals> kept = await site.Site.Keeper.KeepAsync(known.Id, "anna", Ct);
        site.Site.Keeper.Reached = static _ => Task.CompletedTask;
        Assert.True(kept.IsOk, kept.Error?.Message);
        known.Lasts = true;
        await CreateAsync(servers, random.Next(1, 30));
    }

    private async Task CheckAsync(SimulatedSite site)
    {
        await site.Site.ReadIndex.AwaitAsync(Ct);
        foreach (Known known in _datasets)
        {
            TreeView view = (await site.Site.Heads.ResolveAsync(known.Id, null, Ct)).Value;
            foreach ((string path, byte[] content) in known.Files)
            {
                Entry entry = (await site.Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct))!;
                Assert.Equal(BlobHash.Compute(content), entry.Hash);
                bool hasMadeRoom = await site.HasMadeRoomAsync(known.Id, entry.Hash);
                Assert.False(hasMadeRoom && known.Lasts, $"'{path}', which lasts, made room");
                if (!hasMadeRoom)
                {
                    Assert.Equal(content, await (await site.Site.Blobs.FindAsync(known.Id, entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct));
                }
            }
        }
    }

    private sealed class Known(DatasetId id)
    {
        public DatasetId Id => id;

        public bool Lasts { get; set; }

        public Dictionary<string, byte[]> Files { get; } = [];
    }
}

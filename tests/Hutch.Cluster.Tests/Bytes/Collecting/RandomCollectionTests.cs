using System.Globalization;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Crashes;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;

namespace Hutch.Cluster.Tests.Bytes.Collecting;

/// <summary>
/// Two servers put, put again, remove, fold and thin while one of them collects and deletes at once: whatever is named is read at both.
/// </summary>
public sealed class RandomCollectionTests
{
    private const int Contents = 12;

    private readonly StandingTime _time = new();
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Whatever_is_named_is_read_at_both_servers(int seed)
    {
        var random = new Random(seed);
        await using CollectingServers servers = await CollectingServers.OpenAsync(_time);
        SiteDataset dataset = await servers[0].CreateAsync("busy");
        await servers[1].Site.ReadIndex.AwaitAsync(Ct);
        byte[][] contents = [.. Enumerable.Range(0, Contents).Select(i => Content(random, i))];
        int deleted = 0;
        for (int round = 0; round < 6; round++)
        {
            int collecting = random.Next(2);
            servers[collecting].Site.Collector.Reached = _ => WorkAsync(servers, dataset, contents, random, 3);
            Task writing = WriteAlongAsync(servers[1 - collecting], dataset, contents, seed + round);
            await WorkAsync(servers, dataset, contents, random, 8);
            await CollectAsync(servers[collecting], contents, random, round);
            await writing;
            deleted += await servers.SweepAsync(random.Next(2));
            await servers.MergeAsync(random.Next(2));
            servers[collecting].Site.Collector.Reached = static _ => Task.CompletedTask;
            await CheckAsync(servers[0], dataset);
            await CheckAsync(servers[1], dataset);
        }

        Assert.True(deleted > 0, "nothing was ever collected");
        Assert.False(servers.HasDamage);
    }

    /// <summary>Collects, or purges another dataset that has some of the same contents, under the same names.</summary>
    private static async Task CollectAsync(SimulatedSite site, byte[][] contents, Random random, int round)
    {
        if (random.Next(2) == 0)
        {
            await site.Site.Collector.CollectAsync(Ct);
            return;
        }

        SiteDataset doomed = await site.CreateAsync(string.Create(CultureInfo.InvariantCulture, $"doomed-{round}"));
        for (int i = 0; i < 4; i++)
        {
            await site.PutAsync(doomed, string.Create(CultureInfo.InvariantCulture, $"f{i}"), contents[random.Next(Contents)]);
        }

        SiteDataset ended = (await site.Site.Lifecycle.PurgeAsync(doomed.Id, "by law", "anna", Ct)).Value;
        CollectionReport report = await site.Site.Collector.CollectPurgedAsync(ended, Ct);
        Assert.True(report.LeftSegments > 0 || report.UncleanServers is { Count: 0 });
    }

    private static byte[] Content(Random random, int number)
    {
        var content = new byte[number % 3 == 0 ? (600 << 10) + number : random.Next(1, 60_000)];
        random.NextBytes(content);
        return content;
    }

    private async Task WorkAsync(CollectingServers servers, SiteDataset dataset, byte[][] contents, Random random, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            SimulatedSite site = servers[random.Next(2)];
            string path = string.Create(CultureInfo.InvariantCulture, $"f{random.Next(Contents)}");
            switch (random.Next(8))
            {
                case < 4:
                    byte[] content = contents[random.Next(Contents)];
                    await site.PutAsync(dataset, path, content);
                    Record(path, content);
                    break;
                case < 6:
                    await site.Site.Entries.RemoveAsync(dataset.Id, DatasetPath.Parse(path).Value, EntryCondition.None, Ct);
                    Record(path, null);
                    break;
                case 6:
                    await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
                    break;
                default:
                    await servers.PackAsync(random.Next(2));
                    _time.Advance(TimeSpan.FromDays(200));
                    await site.Site.Snapshots.ThinAsync(dataset.Id, Ct);
                    break;
            }
        }
    }

    /// <summary>Beside the collection, in its own time: paths of its own with contents that come and go elsewhere.</summary>
    private async Task WriteAlongAsync(SimulatedSite site, SiteDataset dataset, byte[][] contents, int seed)
    {
        await Task.Yield();
        var random = new Random(seed * 1000);
        for (int i = 0; i < 20; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"along/{random.Next(4)}");
            byte[] content = contents[random.Next(Contents)];
            await site.PutAsync(dataset, path, content);
            Record(path, content);
        }
    }

    private void Record(string path, byte[]? content)
    {
        lock (_files)
        {
            if (content is null)
            {
                _files.Remove(path);
            }
            else
            {
                _files[path] = content;
            }
        }
    }

    private async Task CheckAsync(SimulatedSite site, SiteDataset dataset)
    {
        await site.Site.ReadIndex.AwaitAsync(Ct);
        SortedDictionary<string, string> found = await site.ReadAllAsync(dataset.Id, null, []);
        Assert.Equal(_files.ToDictionary(static file => file.Key, static file => BlobHash.Compute(file.Value).ToString()), found);
        await site.VerifyAllAsync();
    }
}

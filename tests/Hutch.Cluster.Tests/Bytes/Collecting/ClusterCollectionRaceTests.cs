using System.Security.Cryptography;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Entries;
using Hutch.Site.Tests.Crashes;

namespace Hutch.Cluster.Tests.Bytes.Collecting;

/// <summary>The races of the collector where another server does what must not be lost.</summary>
public sealed class ClusterCollectionRaceTests : CollectionRaces
{
    private CollectingServers _servers = null!;

    public override ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task What_another_server_puts_again_just_before_the_log_is_locked_stays()
    {
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] other = RandomNumberGenerator.GetBytes(6000);
        SiteDataset dataset = await _servers[1].CreateAsync("late");
        await PutAndRemoveAsync(dataset, "small", small);
        await PutAndRemoveAsync(dataset, "other", other);
        int calls = 0;
        _servers.Condemning = async () =>
        {
            // Not at the first, which is asked about extents or another pack: whichever it is, both come again.
            byte[] content = calls++ == 0 ? small : other;
            await _servers[1].PutAsync(dataset, "again " + content.Length, content);
        };

        await _servers[0].Site.Collector.CollectAsync(Ct);
        _servers.Condemning = static () => Task.CompletedTask;
        Assert.True(calls > 1);
        await _servers.SweepAsync(0);

        foreach (SimulatedSite site in (SimulatedSite[])[_servers[0], _servers[1]])
        {
            await site.Site.Fresh.AwaitAsync(Ct);
            await site.VerifyAllAsync();
        }
    }

    [Fact]
    public async Task An_upload_that_another_server_gave_up_is_condemned_and_deleted()
    {
        SiteDataset dataset = await _servers[1].CreateAsync("given up");
        (await _servers[1].ReceiveAsync(dataset.Id, RandomNumberGenerator.GetBytes((1 << 20) + 5))).Value.Dispose();
        await _servers[1].PutAsync(dataset, "next", [1]);
        Assert.Equal(3, Extents());

        await _servers[0].Site.Collector.CollectAsync(Ct);
        await _servers.SweepAsync(0);

        Assert.Equal(0, Extents());

        int Extents() => _servers.Objects.Keys.Count(static key => key.StartsWith("extents/", StringComparison.Ordinal));
    }

    private async Task PutAndRemoveAsync(SiteDataset dataset, string path, byte[] content)
    {
        await _servers[1].PutAsync(dataset, path, content);
        await _servers.PackAsync(1);
        Assert.True((await _servers[1].Site.Entries.RemoveAsync(dataset.Id, DatasetPath.Parse(path).Value, EntryCondition.None, Ct)).IsOk);
    }

    internal override async Task<(SimulatedSite Collecting, SimulatedSite Other)> OpenAsync()
    {
        _servers = await CollectingServers.OpenAsync(Time);
        return (_servers[0], _servers[1]);
    }

    internal override async Task<SimulatedSite> ReopenWithoutRecordsAsync()
    {
        await _servers.CloseAsync(1);
        await _servers.OpenAsync(1);
        return _servers[1];
    }

    internal override Task SealEverythingAsync() => _servers.PackAsync(1);

    internal override Task DeleteCondemnedAsync() => _servers.SweepAsync(0);
}

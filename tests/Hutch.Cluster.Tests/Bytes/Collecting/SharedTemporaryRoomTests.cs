using System.Security.Cryptography;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Crashes;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Cluster.Tests.Bytes.Collecting;

/// <summary>Temporary data make room at one server while another one reads and writes.</summary>
public sealed class SharedTemporaryRoomTests : IAsyncLifetime
{
    private const int Limit = 1 << 20;

    private readonly StandingTime _time = new();
    private CollectingServers _servers = null!;
    private SiteDataset _frames = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _servers = await CollectingServers.OpenAsync(_time, Limit);
        _frames = await _servers[0].CreateAsync("frames", days: 7);
        await _servers[1].Site.ReadIndex.AwaitAsync(Ct);
    }

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    [Fact]
    public async Task The_oldest_packs_and_extents_go_from_the_bucket_and_both_servers_say_so()
    {
        List<byte[]> small = await PutAsync(10, 100_000);
        await _servers.PackAsync(0);
        List<byte[]> large = await PutAsync(4, 300_000);

        EarlyExpired made = await _servers[1].Site.TemporaryDataLimit.CheckAsync(Ct);
        long before = StoredBytes();
        await _servers.SweepAsync(0);

        Assert.True(made.Files >= 10, "the pack that came first went first");
        Assert.Equal((true, true), (await HasMadeRoomAsync(0, small[0]), await HasMadeRoomAsync(1, small[9])));
        Assert.Equal((false, false), (await HasMadeRoomAsync(0, large[3]), await HasMadeRoomAsync(1, large[3])));
        Assert.InRange(_servers[0].Site.TemporaryDataLimit.Used, 300_000, Limit);

        // The records that were packed since then take a few kilobytes.
        Assert.True(StoredBytes() <= before - made.Bytes + 100_000, "what went is still in the bucket");
    }

    [Fact]
    public async Task Deleted_objects_are_remembered_by_no_server()
    {
        await PutAsync(6, 300_000);
        await _servers[0].Site.TemporaryDataLimit.CheckAsync(Ct);
        int condemned = _servers.Condemned(1);
        await _servers.SweepAsync(0);

        Assert.True(condemned > 0);
        Assert.Equal((0, 0), (_servers.Condemned(0), _servers.Condemned(1)));
    }

    [Fact]
    public async Task A_check_after_a_failure_between_record_and_objects_continues_and_counts_nothing_twice()
    {
        List<byte[]> files = await PutAsync(6, 300_000);
        _servers.Fail = static step => step == RowStep.BeforeRecord ? new StorageRefusedException("stopped") : null;
        await Assert.ThrowsAsync<StorageRefusedException>(() => _servers[0].Site.TemporaryDataLimit.CheckAsync(Ct));
        _servers.Fail = static _ => null;
        (long Files, long Bytes) announced = await DroppedAsync();

        await _servers[1].Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Equal(announced, await DroppedAsync());
        Assert.InRange(_servers[1].Site.TemporaryDataLimit.Used, 1, Limit);
        Assert.True(await HasMadeRoomAsync(0, files[0]));
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(300_000)]
    public async Task What_another_server_puts_into_a_dataset_that_lasts_while_the_same_bytes_go_stays(int size)
    {
        SiteDataset lasting = await _servers[1].CreateAsync("lasting");
        byte[] content = (await PutAsync(1, size))[0];
        await _servers.PackAsync(0);
        await PutAsync(5, 300_000);
        bool isFirst = true;
        _servers.Condemning = async () =>
        {
            if (isFirst)
            {
                isFirst = false;
                await _servers[1].PutAsync(lasting, "same", content);
            }
        };

        await _servers[0].Site.TemporaryDataLimit.CheckAsync(Ct);
        _servers.Condemning = static () => Task.CompletedTask;
        await _servers.SweepAsync(1);

        Assert.False(isFirst);
        foreach (SimulatedSite site in (SimulatedSite[])[_servers[0], _servers[1]])
        {
            await site.Site.ReadIndex.AwaitAsync(Ct);
            Assert.Single(await site.ReadAllAsync(lasting.Id, null, []));
        }
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(300_000)]
    public async Task What_made_room_can_be_put_again_at_another_server(int size)
    {
        byte[] content = (await PutAsync(1, size))[0];
        await _servers.PackAsync(0);
        await PutAsync(5, 300_000);
        await _servers[0].Site.TemporaryDataLimit.CheckAsync(Ct);
        bool went = await HasMadeRoomAsync(0, content);

        await _servers[1].PutAsync(_frames, "again", content);

        Assert.True(went);
        Assert.Equal((false, false), (await HasMadeRoomAsync(0, content), await HasMadeRoomAsync(1, content)));
    }

    private async Task<List<byte[]>> PutAsync(int count, int size)
    {
        var contents = new List<byte[]>();
        for (int i = 0; i < count; i++)
        {
            contents.Add(RandomNumberGenerator.GetBytes(size));
            await _servers[0].PutAsync(_frames, $"{size}-{i}", contents[i]);
        }

        return contents;
    }

    private async Task<bool> HasMadeRoomAsync(int server, byte[] content)
    {
        await _servers[server].Site.ReadIndex.AwaitAsync(Ct);
        return await _servers[server].HasMadeRoomAsync(_frames.Id, BlobHash.Compute(content));
    }

    private ValueTask<(long Files, long Bytes)> DroppedAsync() => _servers[0].Site.Records.ReadAsync(
        static queries => (queries.DroppedSince(0).Files, queries.DroppedSince(0).Bytes), Ct);

    private long StoredBytes() => _servers.Objects.Keys.Sum(key => (long)_servers.Objects[key].Length);
}

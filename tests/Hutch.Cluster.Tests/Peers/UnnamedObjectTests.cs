using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>
/// Objects that no row of the log names: those of a server that was killed go, and those that a server may yet name stay, however old.
/// </summary>
public sealed class UnnamedObjectTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly ClusterOptions Options = TestServer.Options() with
    {
        Servers = new ServerOptions { BeatEvery = TimeSpan.FromMilliseconds(100), SilentAfter = TimeSpan.FromSeconds(2) },
        Log = new Cluster.Journal.LogOptions { AnswerWithin = TimeSpan.FromSeconds(1) },
    };

    private readonly MemoryObjectStore _objects = new();
    private readonly byte[] _large = RandomNumberGenerator.GetBytes(20 << 20);
    private TestDatabase _database = null!;
    private TestServer _collecting = null!;
    private TestServer _writing = null!;
    private SiteDataset _dataset = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _collecting = await TestServer.OpenAsync(_database.Place, _objects, Options);
        _writing = await TestServer.OpenAsync(_database.ThroughProxy, _objects, Options);
        _dataset = await _writing.Site.CreateAsync("busy");
        await _collecting.Site.Site.ReadIndex.AwaitAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _collecting.DisposeAsync();
        await _writing.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_a_server_stored_before_it_was_killed_is_condemned_a_day_later_and_deleted_after_its_time()
    {
        _database.Proxy.Decide = static _ => Cut.Before;
        (await ReceiveAsync()).Dispose();
        _objects["packs/" + Guid.NewGuid().ToString("N") + "/0000000099.main.tar"] = [1, 2, 3];
        _objects["of/somebody/else"] = [1];
        await UntilPutOutAsync();
        string[] stored = [.. _objects.Keys.Where(static key => key.StartsWith("extents/", StringComparison.Ordinal))];
        await _collecting.Site.Site.Collector.CollectAsync(Ct);
        Assert.DoesNotContain(stored, IsCondemned);

        _collecting.Site.Time.Advance(TimeSpan.FromDays(2));
        await _collecting.Site.Site.Collector.CollectAsync(Ct);

        Assert.All(stored, key => Assert.True(IsCondemned(key), key));
        await SweepAsync();
        Assert.Equal(stored.Length, Extents());
        _collecting.Site.Time.Advance(TimeSpan.FromDays(40));
        await SweepAsync();
        Assert.Equal(0, Extents());
        Assert.Contains("of/somebody/else", _objects.Keys);
        Assert.DoesNotContain(_objects.Keys, static key => key.EndsWith("0000000099.main.tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unannounced_upload_of_a_running_server_is_never_collected_and_can_be_committed()
    {
        ReceivedBlob? blob = null;
        _collecting.Site.Site.Collector.Reached = async step =>
        {
            if (step == CollectionStep.SecondMoment)
            {
                _database.Proxy.Decide = static _ => Cut.Before;
                blob = await ReceiveAsync();
                _collecting.Site.Time.Advance(TimeSpan.FromDays(100));
            }
        };

        await _collecting.Site.Site.Collector.CollectAsync(Ct);

        string[] stored = [.. _objects.Keys.Where(static key => key.StartsWith("extents/", StringComparison.Ordinal))];
        Assert.True(stored.Length >= 3);
        Assert.DoesNotContain(stored, IsCondemned);
        _database.Proxy.Decide = static _ => Cut.None;
        using (blob)
        {
            Assert.True((await PutAsync(blob!)).IsOk);
        }

        _collecting.Site.Time.Advance(TimeSpan.FromDays(100));
        await _collecting.Site.Site.Collector.CollectAsync(Ct);
        await SweepAsync();
        await _collecting.Site.Site.ReadIndex.AwaitAsync(Ct);
        Assert.Equal(_large, await _collecting.Site.ReadAsync(_dataset.Id, "large"));
    }

    [Fact]
    public async Task A_server_that_was_put_out_cannot_name_what_a_collection_took_for_garbage()
    {
        _database.Proxy.Decide = static _ => Cut.Before;
        using ReceivedBlob blob = await ReceiveAsync();
        await UntilPutOutAsync();
        _collecting.Site.Time.Advance(TimeSpan.FromDays(2));
        await _collecting.Site.Site.Collector.CollectAsync(Ct);
        _collecting.Site.Time.Advance(TimeSpan.FromDays(40));
        await SweepAsync();
        Assert.Equal(0, Extents());
        _database.Proxy.Decide = static _ => Cut.None;

        Result<bool> put = await PutAsync(blob);

        Assert.Equal(ErrorCode.Unavailable, put.Error?.Code);
        Assert.Contains("no longer one of the site's", put.Error?.Message, StringComparison.Ordinal);
        await _writing.RestartAsync(static () => Task.CompletedTask);
        Assert.True((await _writing.Site.PutAsync(_dataset.Id, "large", _large)).IsOk);
        Assert.Equal(_large, await _writing.Site.ReadAsync(_dataset.Id, "large"));
    }

    [Fact]
    public async Task A_purge_takes_what_a_killed_server_stored_at_once_and_what_an_upload_gave_up()
    {
        (await ReceiveAsync()).Dispose();
        TestServer killed = await TestServer.OpenAsync(_database.ThroughProxy, _objects, Options);
        _objects["extents/" + Guid.NewGuid().ToString("N") + "/" + Guid.NewGuid().ToString("N") + "/0000000000000000.00000000"] = [1];
        SiteDataset ended = (await _writing.Site.Site.Lifecycle.PurgeAsync(_dataset.Id, "by law", "anna", Ct)).Value;

        CollectionReport report = await _collecting.Site.Site.Collector.CollectPurgedAsync(ended, Ct);

        Assert.Equal((0, 0), (report.LeftSegments, report.UncleanServers?.Count));
        Assert.Equal(0, Extents());
        await killed.DisposeAsync();
    }

    private async Task<ReceivedBlob> ReceiveAsync() => (await _writing.Site.Site.Intake.ReceiveAsync(
        PipeReader.Create(new MemoryStream(_large)), _large.Length, Lane.Main, Ct)).Value;

    private Task<Result<bool>> PutAsync(ReceivedBlob blob) => _writing.Site.Site.Entries.PutAsync(
        _dataset.Id, DatasetPath.Parse("large").Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, Ct);

    private async Task UntilPutOutAsync()
    {
        while (_database.Ask<long>("SELECT count(*) FROM site_server") > 1)
        {
            await Task.Delay(50, Ct);
        }
    }

    private async Task SweepAsync()
    {
        await _collecting.PackAsync();
        while (_collecting.Log.Applied.Number < _database.Ask<long>("SELECT last_row FROM site_head"))
        {
            await Task.Delay(50, Ct);
        }

        await using IJobLease lease = await _collecting.TakeAsync("deleting objects");
        await Task.Delay(300, Ct);
        await _collecting.Engine.Objects.SweepOnceAsync(_collecting.Engine.PacksOf(lease), Ct);
    }

    private bool IsCondemned(string name) => _collecting.Engine.Objects.IsCondemned(name);

    private int Extents() => _objects.Keys.Count(static key => key.StartsWith("extents/", StringComparison.Ordinal));
}

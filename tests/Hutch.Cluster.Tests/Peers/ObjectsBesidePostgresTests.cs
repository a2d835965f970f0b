using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Cluster.Engine;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Tests.Sites;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Servers of one site over one PostgreSQL and one bucket.</summary>
public sealed class ObjectsBesidePostgresTests(PostgresServer server) : IAsyncLifetime
{
    private readonly MemoryObjectStore _objects = new();
    private TestDatabase _database = null!;
    private TestSite _a = null!;
    private TestSite _b = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await OpenAsync();
        _b = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Small_and_large_files_of_one_server_are_read_by_the_others_now_and_after_a_restart()
    {
        SiteDataset dataset = await _a.CreateAsync("shared");
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes((5 << 20) + 17);
        Assert.True((await _a.PutAsync(dataset.Id, "small", small)).IsOk);
        Assert.True((await _a.PutAsync(dataset.Id, "large", large)).IsOk);

        await _b.Site.ReadIndex.AwaitAsync(Ct);
        Assert.True((await _b.PutAsync(dataset.Id, "of b", "b")).IsOk);
        Assert.Equal(small, await _b.ReadAsync(dataset.Id, "small"));
        Assert.Equal(large, await _b.ReadAsync(dataset.Id, "large"));
        Assert.True((await _a.PutAsync(dataset.Id, "of a", "a")).IsOk);
        Assert.Equal("b"u8.ToArray(), await _a.ReadAsync(dataset.Id, "of b"));

        await _b.ReopenAsync();
        await using TestSite late = await OpenAsync();
        foreach (TestSite site in new[] { _b, late })
        {
            Assert.Equal(small, await site.ReadAsync(dataset.Id, "small"));
            Assert.Equal(large, await site.ReadAsync(dataset.Id, "large"));
        }

        Assert.Equal(6, _objects.Keys.Count(static key => key.StartsWith("extents/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Unreferenced_objects_are_condemned_and_objects_uploaded_again_during_the_collection_stay()
    {
        SiteDataset dataset = await _a.CreateAsync("shared");
        byte[] dead = RandomNumberGenerator.GetBytes((2 << 20) + 17);
        byte[] again = RandomNumberGenerator.GetBytes((2 << 20) + 18);
        foreach ((string path, byte[] content) in new[] { ("dead", dead), ("again", again) })
        {
            Assert.True((await _a.PutAsync(dataset.Id, path, content)).IsOk);
            Assert.True((await _a.RemoveAsync(dataset.Id, path)).IsOk);
        }

        await _b.Site.ReadIndex.AwaitAsync(Ct);
        _a.Site.Collector.Reached = async step =>
        {
            if (step == CollectionStep.SecondMoment)
            {
                Assert.True((await _b.PutAsync(dataset.Id, "put again", again)).IsOk);
            }
        };
        CollectionReport report = await _a.Site.Collector.CollectAsync(Ct);

        Assert.Equal(1, report.ForgottenBlobs);
        Assert.True(report.FreedBytes >= dead.Length);
        foreach (TestSite site in new[] { _a, _b })
        {
            await site.Site.ReadIndex.AwaitAsync(Ct);
            Assert.Equal(again, await site.ReadAsync(dataset.Id, "put again"));
            Assert.Null(await site.Site.Blobs.FindAsync(BlobHash.Compute(dead), Ct));
        }
    }

    [Fact]
    public async Task A_collection_waits_for_what_another_server_has_begun()
    {
        SiteDataset dataset = await _b.CreateAsync("shared");
        byte[] large = RandomNumberGenerator.GetBytes((2 << 20) + 17);
        using ReceivedBlob waiting = (await _b.Site.Intake.ReceiveAsync(
            PipeReader.Create(new MemoryStream(large)), large.Length, Lane.Main, Ct)).Value;
        Assert.True((await _b.PutAsync(dataset.Id, "tells of the extents", "x")).IsOk);
        await _a.Site.ReadIndex.AwaitAsync(Ct);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isNamed = false;
        bool hasWaited = false;
        _a.Site.Collector.Reached = step =>
        {
            _ = step == CollectionStep.FirstMoment && begun.TrySetResult();
            hasWaited |= step == CollectionStep.Waited && Volatile.Read(ref isNamed);
            return Task.CompletedTask;
        };

        Task<CollectionReport> collecting = Task.Run(() => _a.Site.Collector.CollectAsync(Ct), Ct);
        await begun.Task.WaitAsync(Ct);
        Assert.True((await _b.Site.Entries.PutAsync(
            dataset.Id, DatasetPath.Parse("large").Value, Entry.File(waiting.Hash, waiting.Size), waiting, EntryCondition.None, Ct)).IsOk);
        Volatile.Write(ref isNamed, true);
        waiting.Dispose();
        await collecting;

        Assert.True(hasWaited, "the collection did not wait for an upload that had begun before it");
        Assert.Equal(large, await _b.ReadAsync(dataset.Id, "large"));
    }

    private Task<TestSite> OpenAsync() => TestSite.OpenAsync(new SiteOptions
    {
        Engine = new ClusterEngineFactory(_database.Place, () => _objects, TestServer.Options(), Guid.NewGuid),
        Blobs = new BlobOptions { ExtentBytes = 1 << 20 },
    });
}

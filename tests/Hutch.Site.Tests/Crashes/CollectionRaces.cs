using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Crashes;

/// <summary>
/// Does at each step of a collection what the collection must not take away: at the server that collects, or at another one of the same site.
/// Each fails when its guard is switched off.
/// </summary>
public abstract class CollectionRaces : IAsyncLifetime
{
    private readonly byte[] _dead = RandomNumberGenerator.GetBytes(5000);
    private readonly byte[] _largeDead = RandomNumberGenerator.GetBytes((1 << 20) + 5);
    private SimulatedSite _site = null!;
    private SimulatedSite _collecting = null!;
    private SiteDataset _dataset = null!;

    /// <summary>The time of the servers.</summary>
    internal StandingTime Time { get; } = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_collecting, _site) = await OpenAsync();
        _dataset = await _site.CreateAsync("busy");
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens the server that collects, and the one where things happen meanwhile.</summary>
    internal abstract Task<(SimulatedSite Collecting, SimulatedSite Other)> OpenAsync();

    /// <summary>Opens the other server again, without its records.</summary>
    internal abstract Task<SimulatedSite> ReopenWithoutRecordsAsync();

    /// <summary>Makes everything that is stored such that a collection looks at it.</summary>
    internal abstract Task SealEverythingAsync();

    /// <summary>After a collection: what it condemned is gone for good.</summary>
    internal abstract Task DeleteCondemnedAsync();

    [Theory]
    [InlineData(CollectionStep.SecondMoment)]
    [InlineData(CollectionStep.Moved)]
    public async Task Content_put_again_after_the_marks_survives_the_collection(object step)
    {
        await PutAndRemoveAsync("small", _dead);
        await PutAndRemoveAsync("large", _largeDead);

        await CollectAsync((CollectionStep)step, async () =>
        {
            await PutAsync("small again", _dead);
            await PutAsync("large again", _largeDead);
        });

        await AssertReadAsync("small again", _dead);
        await AssertReadAsync("large again", _largeDead);
    }

    [Theory]
    [InlineData(CollectionStep.FirstMoment)]
    [InlineData(CollectionStep.Waited)]
    [InlineData(CollectionStep.SecondMoment)]
    [InlineData(CollectionStep.Moved)]
    public async Task What_another_dataset_gets_while_the_same_bytes_are_purged_stays(object step)
    {
        SiteDataset purged = await _site.CreateAsync("purged");
        await _site.PutAsync(purged, "small", _dead);
        await _site.PutAsync(purged, "large", _largeDead);
        await SealEverythingAsync();
        SiteDataset ended = (await _site.Site.Lifecycle.PurgeAsync(purged.Id, "by law", "anna", Ct)).Value;
        bool isDone = false;
        _collecting.Site.Collector.Reached = async reached =>
        {
            if (reached == (CollectionStep)step && !isDone)
            {
                isDone = true;
                await PutAsync("small", _dead);
                await PutAsync("large", _largeDead);
            }
        };

        CollectionReport report = await _collecting.Site.Collector.CollectPurgedAsync(ended, Ct);
        _collecting.Site.Collector.Reached = static _ => Task.CompletedTask;

        Assert.True(isDone);
        Assert.Equal((0, 0), (report.LeftSegments, report.UncleanServers?.Count));
        await AssertReadAsync("small", _dead);
        await AssertReadAsync("large", _largeDead);
        await _collecting.Site.Collector.CollectAsync(Ct);
        await DeleteCondemnedAsync();
        await AssertReadAsync("small", _dead);
        await AssertReadAsync("large", _largeDead);
    }

    [Fact]
    public async Task Bytes_that_came_in_before_and_are_named_after_the_collection_began_stay()
    {
        ReceivedBlob waiting = (await _site.ReceiveAsync(_dataset.Id, _largeDead)).Value;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isNamed = false;
        bool hasWaited = false;
        _collecting.Site.Collector.Reached = step =>
        {
            _ = step == CollectionStep.FirstMoment && begun.TrySetResult();
            hasWaited |= step == CollectionStep.Waited && Volatile.Read(ref isNamed);
            return Task.CompletedTask;
        };

        Task<CollectionReport> collecting = Task.Run(() => _collecting.Site.Collector.CollectAsync(Ct), Ct);
        await begun.Task.WaitAsync(Ct);
        Assert.True((await _site.PutAsync(_dataset, "large", waiting)).IsOk);
        Volatile.Write(ref isNamed, true);
        waiting.Dispose();
        await collecting;

        Assert.True(hasWaited, "the collection did not wait for an upload that had begun before it");
        await AssertReadAsync("large", _largeDead);
    }

    [Fact]
    public async Task What_an_operation_read_as_living_between_the_two_moments_stays_when_it_names_it_later()
    {
        await PutAsync("small", _dead);
        await PutAsync("large", _largeDead);
        await SealEverythingAsync();

        await CollectAsync(CollectionStep.Waited, RemoveBothAsync, CollectionStep.SecondMoment, async () =>
        {
            // Like a compaction that read the head before the removal: it names blobs without having their bytes.
            await _site.Site.Committer.CommitAsync<Done>(
                context =>
                {
                    context.Emit(new JournalRecord.EntryPut(_dataset.Id, PathOf("old small"), Entry.File(BlobHash.Compute(_dead), _dead.Length)));
                    context.Emit(new JournalRecord.EntryPut(_dataset.Id, PathOf("old large"), Entry.File(BlobHash.Compute(_largeDead), _largeDead.Length)));
                    return Done.Value;
                },
                [],
                Ct);
        });

        await AssertReadAsync("old small", _dead);
        await AssertReadAsync("old large", _largeDead);
    }

    [Theory]
    [InlineData(CollectionStep.FirstMoment)]
    [InlineData(CollectionStep.SecondMoment)]
    [InlineData(CollectionStep.Moved)]
    public async Task Negotiation_never_promises_a_blob_that_is_being_collected(object step)
    {
        await PutAsync("small", _dead);
        await PutAsync("large", _largeDead);
        await SealEverythingAsync();
        await _site.Site.HeadCompactor.CompactAsync(_dataset.Id, CompactionRequest.Automatic, Ct);
        TreeView seen = (await _site.Site.Heads.ResolveAsync(_dataset.Id, null, Ct)).Value with { Snapshot = new SiteSnapshot(1, (await DatasetAsync()).Root, null, SnapshotReason.Automatic, "anna", null, 0, []) };
        await RemoveBothAsync();
        await _site.Site.HeadCompactor.CompactAsync(_dataset.Id, CompactionRequest.Automatic, Ct);
        Time.Advance(TimeSpan.FromDays(200));
        Assert.Equal(1, await _site.Site.Snapshots.ThinAsync(_dataset.Id, Ct));
        SiteSession session = (await _site.Site.Pushes.StartAsync(_dataset.Id, 2, "anna", Ct)).Value;
        BlobHash[] wanted = [BlobHash.Compute(_dead), BlobHash.Compute(_largeDead)];
        IReadOnlyList<BlobHash> missing = wanted;

        await CollectAsync((CollectionStep)step, async () => missing = (await _site.Site.Negotiation.NegotiateAsync(session, wanted, [seen], Ct)).Value);

        foreach (BlobHash promised in wanted.Except(missing))
        {
            Assert.NotNull(await _site.Site.Blobs.FindAsync(promised, Ct));
        }
    }

    [Fact]
    public async Task A_rebuild_from_a_checkpoint_taken_during_a_collection_equals_the_live_state()
    {
        await PutAndRemoveAsync("small", _dead);
        await PutAsync("kept", RandomNumberGenerator.GetBytes(4000));

        await CollectAsync(CollectionStep.SecondMoment, async () => Assert.True((await _site.Site.Checkpointer.WriteAsync(Ct)).IsOk));
        await _site.Site.ReadIndex.AwaitAsync(Ct);
        string[] live = await SimulatedSite.DumpAsync(_site.Site.Records);
        _site = await ReopenWithoutRecordsAsync();

        Assert.Equal(live, await SimulatedSite.DumpAsync(_site.Site.Records));
    }

    private async Task<SiteDataset> DatasetAsync() => (await _site.Site.Heads.DatasetAsync(_dataset.Id, Ct)).Value;

    private static DatasetPath PathOf(string path) => DatasetPath.Parse(path).Value;

    private Task PutAsync(string path, byte[] content) => _site.PutAsync(_dataset, path, content);

    private async Task PutAndRemoveAsync(string path, byte[] content)
    {
        await PutAsync(path, content);
        await SealEverythingAsync();
        Assert.True((await _site.Site.Entries.RemoveAsync(_dataset.Id, PathOf(path), EntryCondition.None, Ct)).IsOk);
    }

    private async Task RemoveBothAsync()
    {
        Assert.True((await _site.Site.Entries.RemoveAsync(_dataset.Id, PathOf("small"), EntryCondition.None, Ct)).IsOk);
        Assert.True((await _site.Site.Entries.RemoveAsync(_dataset.Id, PathOf("large"), EntryCondition.None, Ct)).IsOk);
    }

    private Task CollectAsync(CollectionStep at, Func<Task> work) => CollectAsync(at, work, null, null);

    private async Task CollectAsync(CollectionStep at, Func<Task> work, CollectionStep? later, Func<Task>? laterWork)
    {
        bool isDone = false;
        bool isLaterDone = later is null;
        _collecting.Site.Collector.Reached = async step =>
        {
            if (step == at && !isDone)
            {
                isDone = true;
                await work();
            }
            else if (step == later && !isLaterDone)
            {
                isLaterDone = true;
                await laterWork!();
            }
        };
        CollectionReport report = await _collecting.Site.Collector.CollectAsync(Ct);
        _collecting.Site.Collector.Reached = static _ => Task.CompletedTask;
        Assert.True(isDone && isLaterDone);
        Assert.True(report.Segments > 0);
        await DeleteCondemnedAsync();
        await _collecting.Site.Collector.CollectAsync(Ct);
        await DeleteCondemnedAsync();
    }

    private async Task AssertReadAsync(string path, byte[] content)
    {
        foreach (SiteServices site in (SiteServices[])[_site.Site, _collecting.Site])
        {
            await site.ReadIndex.AwaitAsync(Ct);
            TreeView view = (await site.Heads.ResolveAsync(_dataset.Id, null, Ct)).Value;
            Entry? entry = await site.Heads.FindAsync(view, PathOf(path), Ct);
            Assert.NotNull(entry);
            BlobContent? blob = await site.Blobs.FindAsync(entry.Hash, Ct);
            Assert.True(blob is not null, $"the bytes of '{path}' are lost");
            Assert.Equal(content, await blob.ReadAllAsync(int.MaxValue, Ct));
        }
    }
}

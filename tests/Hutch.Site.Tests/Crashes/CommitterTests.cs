using System.Security.Cryptography;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Storage;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Crashes;

/// <summary>Regressions of the committer, each found by reading or by the simulator.</summary>
public sealed class CommitterTests : IAsyncLifetime
{
    private readonly string _root = CrashFolder.Make();
    private readonly FaultyDisk _disk = new(1);
    private readonly StandingTime _time = new();
    private SimulatedSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(1), _time);

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_transient_copy_in_the_same_group_is_no_copy_for_a_lasting_dataset()
    {
        SiteDataset transient = await _site.CreateAsync("grid", 1);
        SiteDataset lasting = await _site.CreateAsync("kept");
        byte[] content = RandomNumberGenerator.GetBytes(3000);
        using ReceivedBlob first = (await _site.ReceiveAsync(transient.Id, content)).Value;
        using ReceivedBlob second = (await _site.ReceiveAsync(lasting.Id, content)).Value;

        // Both wait while something else stands before them, so that they come into one group.
        Task<Result<bool>>? puts = null;
        Task<Result<bool>>? also = null;
        await _site.Site.Committer.RunExclusiveAsync(
            _ =>
            {
                puts = _site.PutAsync(transient, "a", first);
                also = _site.PutAsync(lasting, "a", second);
                return Task.CompletedTask;
            },
            Ct);
        Assert.True((await puts!).IsOk);
        Assert.True((await also!).IsOk);

        Assert.True(_site.Site.Blobs.IsStoredForGood(MemberKey.Blob(BlobHash.Compute(content))));
    }

    [Fact]
    public async Task A_listener_that_fails_keeps_no_other_from_hearing_of_a_group()
    {
        int heard = 0;
        _site.Site.Committer.Committed += static _ => throw new InvalidOperationException("a fault of one who listens");
        _site.Site.Committer.Committed += records => heard += records.Count;

        await _site.CreateAsync("heard");

        Assert.True(heard > 0);
    }

    [Fact]
    public async Task A_lasting_copy_outlives_a_newer_transient_one()
    {
        SiteDataset transient = await _site.CreateAsync("grid", 1);
        SiteDataset lasting = await _site.CreateAsync("kept");
        byte[] content = RandomNumberGenerator.GetBytes(3000);
        await _site.PutAsync(lasting, "a", content);
        for (int i = 0; i < 8; i++)
        {
            await _site.PutAsync(lasting, "replaced", RandomNumberGenerator.GetBytes(9000 + i));
        }

        await _site.PutAsync(transient, "a", content);
        await _site.Site.Collector.CollectAsync(Ct);
        _time.Advance(TimeSpan.FromDays(3));
        await _site.Site.Lifecycle.EndWhatIsOverAsync(Ct);
        await _site.Site.Collector.CollectAsync(Ct);

        Assert.Empty(_site.Site.Segments.TransientLanes);
        await _site.VerifyAllAsync();
    }

    [Fact]
    public async Task A_refusal_after_a_failed_sync_does_not_count_the_lost_records_as_applied()
    {
        SiteDataset dataset = await _site.CreateAsync("kept");
        await _site.PutAsync(dataset, "a", RandomNumberGenerator.GetBytes(10));
        _disk.FailWith = static call => call.Operation == DiskOperation.Sync ? new IOException("The sync failed.") : null;
        byte[] unknown = RandomNumberGenerator.GetBytes(20);
        using (ReceivedBlob blob = (await _site.ReceiveAsync(dataset.Id, unknown)).Value)
        {
            Assert.Equal(ErrorCode.OutcomeUnknown, (await _site.PutAsync(dataset, "unknown", blob)).Error?.Code);
        }

        _disk.FailWith = null;
        Assert.Equal(ErrorCode.NotFound, (await _site.Site.Entries.RemoveAsync(dataset.Id, DatasetPath.Parse("nothing").Value, EntryCondition.None, Ct)).Error?.Code);

        // kill -9: the system still has what was written. The journal has the record, so the database must get it too.
        await _site.DisposeAsync();
        _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(2), _time);
        string[] asLeft = await SimulatedSite.DumpAsync(_site.Site.Records);
        await _site.DisposeAsync();
        foreach (string file in Directory.GetFiles(_root, "site.db*"))
        {
            File.Delete(file);
        }

        _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(3), _time);
        Assert.Equal(await SimulatedSite.DumpAsync(_site.Site.Records), asLeft);
    }

    [Fact]
    public async Task A_purge_that_was_stopped_half_way_is_finished_after_the_next_start()
    {
        SiteDataset purged = await _site.CreateAsync("secret");
        byte[] content = System.Text.Encoding.ASCII.GetBytes(Workload.Secret + " " + new string('x', 3000));
        await _site.PutAsync(purged, Workload.Secret, content);
        await _site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn", "anna", Ct);
        await _site.DisposeAsync();

        _site = await SimulatedSite.OpenAsync(_disk, _root, SimulatedSite.Options(2), _time);
        Life.Maintenance.MaintenanceJob? job = await _site.Site.Housekeeper.ResumePurgesAsync(Ct);
        Assert.NotNull(job);
        await _site.Site.Jobs.WaitAsync(job.Id, Ct);

        CrashChecker.CheckSecret(_disk);
        Assert.Null(await _site.Site.Housekeeper.ResumePurgesAsync(Ct));
    }

    [Fact]
    public async Task A_purge_of_a_transient_dataset_does_not_wait_for_the_end_of_its_day_and_spares_the_others_of_that_day()
    {
        SiteDataset purged = await _site.CreateAsync("secret", 1);
        SiteDataset other = await _site.CreateAsync("grid", 1);
        byte[] shared = RandomNumberGenerator.GetBytes(4000);
        await _site.PutAsync(purged, Workload.Secret, System.Text.Encoding.ASCII.GetBytes(Workload.Secret + " " + new string('x', 3000)));
        await _site.PutAsync(purged, "shared", shared);
        await _site.PutAsync(other, "shared", shared);
        await _site.PutAsync(other, "large", RandomNumberGenerator.GetBytes((1 << 20) + 1));

        SiteDataset ended = (await _site.Site.Lifecycle.PurgeAsync(purged.Id, "withdrawn", "anna", Ct)).Value;
        await _site.Site.Collector.CollectPurgedAsync(ended, Ct);

        CrashChecker.CheckSecret(_disk);
        await _site.VerifyAllAsync();
    }

    [Fact]
    public async Task A_small_file_that_is_uploaded_in_parts_is_not_collected()
    {
        SiteDataset dataset = await _site.CreateAsync("kept");
        byte[] content = RandomNumberGenerator.GetBytes(50_000);
        SiteSession session = (await _site.Site.Pushes.StartAsync(dataset.Id, null, "anna", Ct)).Value;
        Write.Pushes.UploadKey key = Write.Pushes.UploadKey.OfHash(BlobHash.Compute(content));
        await _site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, 0, System.IO.Pipelines.PipeReader.Create(new MemoryStream(content, 0, 20_000)), null, Ct);
        await _site.Site.ResumableUploads.ContinueAsync(session, key, content.Length, 20_000, System.IO.Pipelines.PipeReader.Create(new MemoryStream(content, 20_000, 30_000)), null, Ct);
        Result<SiteSnapshot> pushed = await _site.Site.PushCommits.CommitAsync(
            session, [new TreeChange(DatasetPath.Parse("a").Value, Entry.File(BlobHash.Compute(content), content.Length))], null, Ct);
        Assert.True(pushed.IsOk, pushed.Error?.Message);

        await _site.Site.Collector.CollectAsync(Ct);
        await _site.Site.Collector.CollectAsync(Ct);

        await _site.VerifyAllAsync();
    }
}

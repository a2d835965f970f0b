using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Testing.Disks;

namespace Hutch.Site.Tests.Sites;

public sealed class FullDiskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_a_warning_for_as_long_as_it_is_full()
    {
        var disk = new FillingDisk();
        await using TestSite site = await TestSite.OpenAsync(new SiteOptions(), disk);
        Assert.DoesNotContain(await site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "disk-full");

        disk.Free = 259_829_760;
        SiteWarning full = Assert.Single(await site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "disk-full");
        disk.Free = long.MaxValue;
        IReadOnlyList<SiteWarning> roomy = await site.Site.Warnings.ReadAsync(Ct);

        Assert.Contains("260 MB are free, and 268 MB are reserved", full.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(roomy, static warning => warning.Kind == "disk-full");
    }

    /// <summary>C3: a full disk of the records was taken as final, and every write answered 503 until the next start.</summary>
    [Fact]
    public async Task A_write_that_finds_no_space_in_the_records_is_answered_507_and_is_visible_when_there_is_space()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "before", "1");
        await EmptyLogAsync(site);
        site.Time.HoldsWaits = true;
        using (FullLog.Of(site.RecordsPath))
        {
            HutchError? unknown = (await AnsweredAsync(site, site.PutAsync(dataset.Id, "stored", "2"))).Error;
            HutchError? refused = (await site.PutAsync(dataset.Id, "refused", "3")).Error;

            Assert.Equal((ErrorCode.OutcomeUnknown, 507), (unknown?.Code, unknown!.Code.Status));
            Assert.Equal(ErrorCode.InsufficientStorage, refused?.Code);
            Assert.Contains(await site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "disk-full");
            Assert.Null(site.Site.Failure);
        }

        Assert.True((await site.PutAsync(dataset.Id, "after", "4")).IsOk);
        Assert.Equal(["after", "before", "stored"], (await site.ListAsync(dataset.Id)).Order());
        List<string> live = await site.DumpAsync();
        await site.ReopenAsync(withoutDatabase: true);
        Assert.Equal(live, await site.DumpAsync());
    }

    [Fact]
    public async Task A_stored_write_becomes_visible_without_another_one_and_one_that_waits_a_moment_is_answered_as_usual()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await EmptyLogAsync(site);
        site.Time.HoldsWaits = true;
        Task<Result<bool>> waiting;
        using (FullLog.Of(site.RecordsPath))
        {
            Assert.Equal(ErrorCode.OutcomeUnknown, (await AnsweredAsync(site, site.PutAsync(dataset.Id, "a", "1"))).Error?.Code);
        }

        await PassUntilAsync(site, () => !site.Site.Committer.WaitsForSpace);
        Assert.Equal(["a"], await site.ListAsync(dataset.Id));

        await EmptyLogAsync(site);
        using (FullLog.Of(site.RecordsPath))
        {
            waiting = site.PutAsync(dataset.Id, "b", "2");
            await PassUntilAsync(site, () => site.Site.Committer.WaitsForSpace);
        }

        Assert.True((await AnsweredAsync(site, waiting)).IsOk);
        Assert.Equal(["a", "b"], (await site.ListAsync(dataset.Id)).Order());
    }

    private static async Task<T> AnsweredAsync<T>(TestSite site, Task<T> answer)
    {
        await PassUntilAsync(site, () => answer.IsCompleted);
        return await answer;
    }

    private static async Task PassUntilAsync(TestSite site, Func<bool> isSo)
    {
        while (!isSo())
        {
            site.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }
    }

    private static Task EmptyLogAsync(TestSite site) => site.Site.Committer.RunExclusiveAsync(
        _ =>
        {
            Assert.True(site.Site.Records.TryEmptyLog());
            return Task.CompletedTask;
        },
        Ct);

    private sealed class FillingDisk() : WrappedDisk(LocalDisk.Instance)
    {
        public long Free { get; set; } = long.MaxValue;

        public override DiskSpace Space(string folder) => base.Space(folder) with { FreeBytes = Free };
    }
}

using System.Text.Json;
using Hutch.Model.Maintenance;
using Hutch.Model.Parameters;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Site.Tests.Sites;

/// <summary>What is written and deleted again and again must not fill the disk before the daily collection.</summary>
public sealed class EarlyCollectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_collection_is_due_when_half_of_the_free_space_was_written_and_at_least_a_hundredth_of_the_disk()
    {
        var disk = new StoredSpace(500, 1000, 10_000);
        var full = new StoredSpace(9900, 100, 10_000);
        var task = new CollectionTask(null!, new CollectorOptions(), () => disk);
        var never = new CollectionTask(null!, new CollectorOptions { EarlyPercent = 0 }, () => disk);
        var taskOfFull = new CollectionTask(null!, new CollectorOptions(), () => full);

        bool atOnce = task.IsDueEarly;
        disk = Written(disk, 150);
        bool later = task.IsDueEarly;
        disk = Written(disk, 200);
        full = Written(full, 99);

        Assert.Equal((false, false, true), (atOnce, later, task.IsDueEarly));
        Assert.False(never.IsDueEarly);
        Assert.False(taskOfFull.IsDueEarly);

        static StoredSpace Written(StoredSpace before, long bytes) =>
            before with { StoredBytes = before.StoredBytes + bytes, FreeBytes = before.FreeBytes - bytes };
    }

    [Fact]
    public async Task Housekeeping_starts_tasks_that_are_due_early()
    {
        await using TestSite site = await TestSite.OpenAsync();
        var task = new EarlyTask();
        site.Site.Jobs.Add(task);

        await site.Site.Housekeeper.StartDueAsync(site.Time.GetUtcNow(), Ct);
        int before = (await site.Site.Jobs.ListAsync(Ct)).Value.Count;
        task.IsDueEarly = true;
        await site.Site.Housekeeper.StartDueAsync(site.Time.GetUtcNow(), Ct);

        Assert.Equal(0, before);
        Assert.Equal("early", Assert.Single((await site.Site.Jobs.ListAsync(Ct)).Value).Kind);
    }

    private sealed class EarlyTask : IMaintenanceTask
    {
        public TaskDeclaration Declaration { get; } = new() { Kind = "early", Description = "A task." };

        public TimeSpan? Every => TimeSpan.FromDays(1000);

        public bool IsDueEarly { get; set; }

        public Task<JobOutcome> RunAsync(ParameterValues values, Action<double> progress, CancellationToken cancellationToken) =>
            Task.FromResult(new JobOutcome("done", JsonElement.Parse("{}")));
    }
}

using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Heads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Site.Tests.Sites;

/// <summary>What goes on beside the requests goes on after damage, with what is whole.</summary>
public sealed class BackgroundTaskTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_that_fails_begins_again_and_a_warning_says_so_for_a_while()
    {
        await using TestSite site = await TestSite.OpenAsync();
        int begun = 0;
        var again = new TaskCompletionSource();
        var work = new BackgroundTask(
            "counting",
            async ct =>
            {
                if (Interlocked.Increment(ref begun) == 1)
                {
                    throw new IOException("A page is damaged.");
                }

                again.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(ct);
            },
            site.Site.Warnings, site.Time, NullLogger.Instance);
        site.Time.HoldsWaits = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task running = work.RunAsync(stop.Token);
        await UntilAsync(() => site.Time.Held > 0, running);
        SiteWarning warning = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        Assert.Equal(("background-failed", "Background work failed and was begun again: counting (A page is damaged)."), (warning.Kind, warning.Message));
        site.Time.Advance(TimeSpan.FromMinutes(1));
        await again.Task;

        Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Work_that_fails_while_the_server_stops_fails_nothing_else()
    {
        await using TestSite site = await TestSite.OpenAsync();
        var begun = new TaskCompletionSource();
        var work = new BackgroundTask(
            "counting",
            async ct =>
            {
                begun.SetResult();
                await new TaskCompletionSource().Task.WaitAsync(ct).ContinueWith(
                    static _ => throw new IOException("The database is away."), Ct, TaskContinuationOptions.None, TaskScheduler.Default);
            },
            site.Site.Warnings, site.Time, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task running = work.RunAsync(stop.Token);
        await begun.Task;
        await stop.CancelAsync();

        await running;
    }

    [Fact]
    public async Task A_damaged_page_of_one_dataset_keeps_no_other_from_being_compacted()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset hit = await site.CreateAsync("hit");
        SiteDataset whole = await site.CreateAsync("whole");
        foreach (SiteDataset dataset in new[] { hit, whole })
        {
            await site.PutAsync(dataset.Id, "first", dataset.Slug);
            await site.Site.HeadCompactor.CompactAsync(dataset.Id, CompactionRequest.Automatic, Ct);
            await site.PutAsync(dataset.Id, "second", dataset.Slug);
        }

        BlobHash root = (await site.Site.Heads.DatasetAsync(hit.Id, Ct)).Value.Root.Page;
        byte[] page = await (await site.Site.Blobs.FindAsync(root, Ct))!.ReadAllAsync(int.MaxValue, Ct);
        await site.ReopenAsync(() => Damage(Path.Combine(site.Folder, "segments"), page));
        site.Time.HoldsWaits = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        Task running = site.Site.CompactionScheduler.RunAsync(stop.Token);
        await UntilAsync(() => site.Time.Held > 0, running);
        site.Time.Advance(TimeSpan.FromMinutes(2));
        while ((await site.Site.Heads.DatasetAsync(whole.Id, Ct)).Value.Snapshot != 2)
        {
            Assert.False(running.IsCompleted);
        }

        Assert.Equal(1, (await site.Site.Heads.DatasetAsync(hit.Id, Ct)).Value.Snapshot);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task UntilAsync(Func<bool> condition, Task running)
    {
        while (!condition())
        {
            Assert.False(running.IsCompleted);
            await Task.Yield();
        }
    }

    private static void Damage(string segments, byte[] content)
    {
        foreach (string path in Directory.EnumerateFiles(segments, "*.tar"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan().IndexOf(content) is >= 0 and int at)
            {
                bytes[at + content.Length / 2] ^= 1;
                File.WriteAllBytes(path, bytes);
            }
        }
    }
}

using Hutch.Agent.Rules;
using Hutch.Agent.Watching;
using Hutch.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Agent.Tests.Watching;

public sealed class FolderWatcherTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watching_begins_with_all_candidates_that_there_are()
    {
        string root = WatchedTree.NewRoot();
        foreach (string path in (string[])["a/s1/x", "a/s2/x", "b/s3/x", "a/file", "a/.hidden/x", "c/d/s4/x"])
        {
            WatchedTree.Write(root, path, "1");
        }

        Directory.CreateSymbolicLink(Path.Combine(root, "a/link"), Path.Combine(root, "b/s3"));
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["a", "?", "none"], root);

        FolderScanRequest[] request = [await tree.TakeAsync(), await tree.TakeAsync(), await tree.TakeAsync(), await tree.TakeAsync()];

        Assert.Equal(["a/s1", "a/s2", "b/s3", "c/d"], request.Select(one => Path.GetRelativePath(root, one.Folder)).Order());
        Assert.All(request, one => Assert.Equal(ScanReasons.Start, one.Reasons));
        Assert.All(request, one => Assert.EndsWith(one.Folder.Contains("/a/s", StringComparison.Ordinal) ? "/a" : "/?", one.Rule.Watch.ToString(), StringComparison.Ordinal));
        Assert.Equal(0, tree.Queue.Count);
    }

    [Fact]
    public async Task A_new_folder_and_the_metadata_file_in_it_are_reported()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/old/x"));
        await tree.SettleAsync(1);

        Directory.CreateDirectory(tree.At("krios/new"));
        await tree.UntilDueAsync("krios/new");
        tree.Write("krios/new/SPA.yml", "DataId: a\n");

        await tree.UntilDueAsync("krios/new");
    }

    [Fact]
    public async Task A_change_at_any_depth_of_an_active_folder_is_reported()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/SPA.yml", "krios/s1/a/b/old"));
        await tree.UntilToldAsync("a/b/old");

        tree.Write("krios/s1/a/b/new", "1");
        Assert.Equal(1, (await tree.UntilToldAsync("a/b/new")).Entry!.Size);
        File.AppendAllText(tree.At("krios/s1/a/b/old"), "2");
        Assert.Equal(2, (await tree.UntilToldAsync("a/b/old")).Entry!.Size);
        tree.Write("krios/s1/c/d/e/f", "1");
        await tree.UntilToldAsync("c/d/e/f");
        tree.Write("krios/s1/c/d/e/g", "1");
        await tree.UntilToldAsync("c/d/e/g");
        Directory.Delete(tree.At("krios/s1/c"), recursive: true);
        Assert.Null((await tree.UntilToldAsync("c/d/e/g")).Entry);
    }

    [Fact]
    public async Task Of_a_quiet_folder_only_the_top_is_reported()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/SPA.yml", "krios/s1/quiet", "krios/s1/a/old", "krios/s2/quiet"));
        await tree.SettleAsync(2);

        tree.Write("krios/s1/a/new", "1");
        tree.Write("krios/s2/.running", "1");
        Assert.Equal(tree.At("krios/s2"), (await tree.HandleAsync()).Due.Folder);
        tree.Write("krios/s1/.running", "1");
        await tree.UntilToldAsync("a/new");
    }

    [Fact]
    public async Task Directories_that_are_removed_and_made_again_are_watched_again()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/SPA.yml", "krios/s1/a/old"));
        await tree.UntilToldAsync("a/old");
        for (int i = 0; i < 5; i++)
        {
            Directory.Delete(tree.At("krios/s1/a"), recursive: true);
            tree.Write($"krios/s1/a/{i}", "1");
            await tree.UntilToldAsync($"a/{i}");

            tree.Write($"krios/s1/a/{i}-later", "1");
            await tree.UntilToldAsync($"a/{i}-later");
        }
    }

    [Fact]
    public async Task A_folder_that_is_renamed_is_gone_and_new_and_watched_under_its_new_name()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/SPA.yml", "krios/s1/a/old"));
        await tree.UntilToldAsync("a/old");

        Directory.Move(tree.At("krios/s1"), tree.At("krios/s2"));
        HashSet<string> due = [];
        while (due.Count < 2)
        {
            due.Add((await tree.HandleAsync()).Due.Folder);
        }

        Assert.Equal([tree.At("krios/s1"), tree.At("krios/s2")], due.Order());
        tree.Write("krios/s2/a/new", "1");
        await tree.UntilToldAsync("a/new");
        Assert.Equal(1, Assert.Single(tree.Watcher.Parents).Folders);
    }

    [Fact]
    public async Task A_folder_that_is_made_again_under_its_name_is_watched_again()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/x"));
        await tree.SettleAsync(1);
        for (int i = 0; i < 5; i++)
        {
            Directory.Delete(tree.At("krios/s1"), recursive: true);
            Directory.CreateDirectory(tree.At("krios/s1"));
            await tree.UntilDueAsync("krios/s1");
            await tree.SettleAsync(0);

            tree.Write("krios/s1/later", "1");
            await tree.UntilDueAsync("krios/s1");
        }
    }

    [Fact]
    public async Task Parents_that_appear_later_are_found()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyPolls, ["*/sessions", "plain/parent"], RootWith("x"));

        tree.Write("krios/sessions/s1/x", "1");
        await tree.UntilDueAsync("krios/sessions/s1");
        tree.Write("plain/parent/s2/x", "1");
        await tree.UntilDueAsync("plain/parent/s2");

        Assert.Equal(["krios/sessions", "plain/parent"], tree.Watcher.Parents.Select(parent => Path.GetRelativePath(tree.Root, parent.Path)));
    }

    [Fact]
    public async Task A_parent_that_is_removed_gives_up_its_folders_and_may_come_back()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyPolls, ["krios"], RootWith("krios/s1/x"));
        await tree.SettleAsync(1);
        WatchedParent parent = Assert.Single(tree.Watcher.Parents);
        Assert.True(parent.IsReported);
        Assert.Empty(parent.Notices);

        Directory.Delete(tree.At("krios"), recursive: true);
        await tree.UntilDueAsync("krios/s1");
        while (tree.Watcher.Parents[0].Notices.Count == 0)
        {
            await Task.Delay(10, Ct); // no folder is due by it
        }

        Assert.StartsWith($"'{tree.At("krios")}' cannot be read, so that nothing is found there: ", tree.Watcher.Parents[0].Notices[0], StringComparison.Ordinal);
        tree.Write("krios/s2/x", "1");
        await tree.UntilDueAsync("krios/s2");
        Assert.Empty(tree.Watcher.Parents[0].Notices);
    }

    [Fact]
    public async Task A_parent_may_be_a_link_to_where_the_data_are()
    {
        string root = RootWith("disk7/s1/SPA.yml");
        Directory.CreateSymbolicLink(Path.Combine(root, "krios"), Path.Combine(root, "disk7"));
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], root);
        Assert.Equal(tree.At("krios/s1"), (await tree.HandleAsync()).Due.Folder);

        tree.Write("disk7/s1/a", "1");

        await tree.UntilToldAsync("a");
    }

    [Fact]
    public async Task The_rescan_thoroughly_scans_folders_without_reported_changes()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyRescans, ["krios"], RootWith("krios/s1/SPA.yml", "krios/s1/a/old", "krios/s2/quiet"));
        await tree.UntilToldAsync("a/old");

        FolderScanRequest request = await tree.UntilDueAsync("krios/s1", ScanReasons.Round);

        Assert.True(request.IsThorough);
    }

    [Fact]
    public async Task When_the_kernel_lost_reports_all_folders_are_compared()
    {
        string root = RootWith("krios/s1/x", "krios/s2/x");
        var rule = FolderRule.From(new WatchedFolderOptions { Watch = Path.Combine(root, "krios") }).Value;
        var queue = new FolderQueue();
        using var watches = new DirectoryWatches(TimeProvider.System, NullLogger.Instance);
        var watch = new RuleWatch(rule, _ => false, queue, watches, WatchedTree.OnlyReports, TimeProvider.System, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task running = Task.Run(() => watch.RunAsync(stop.Token), Ct);
        queue.Done(await queue.TakeAsync(Ct));
        queue.Done(await queue.TakeAsync(Ct));
        WatchedTree.Write(root, "krios/s2/SPA.yml", "DataId: a\n");
        WatchedTree.Write(root, "krios/s3/SPA.yml", "DataId: b\n");

        watches.ReportLost();

        for (HashSet<string> due = []; !due.IsSupersetOf(["s2", "s3"]);)
        {
            due.Add(Path.GetFileName((await queue.TakeAsync(Ct)).Folder));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Everything_in_a_quiet_folder_is_looked_at_once_a_day()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyRescans, ["krios"], RootWith("krios/s1/quiet", "krios/s2/quiet"));
        await tree.SettleAsync(2);

        tree.Time.Advance(TimeSpan.FromDays(1));
        HashSet<string> due = [];
        while (due.Count < 2)
        {
            (FolderScanRequest one, _) = await tree.HandleAsync();
            Assert.Equal(ScanReasons.Round, one.Reasons);
            Assert.True(due.Add(one.Folder));
        }
    }

    [Fact]
    public async Task A_poke_queues_a_folder_at_once_by_any_path_in_it()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/quiet", "krios/s1/a/x"));
        await tree.SettleAsync(1);

        foreach (string path in (string[])["krios/s1", "krios/s1/", "krios/s1/a/x", "krios/./s1/new"])
        {
            Assert.True(tree.Watcher.Rescan(tree.At(path)).IsOk);
            FolderScanRequest request = await tree.TakeAsync();
            Assert.Equal((tree.At("krios/s1"), ScanReasons.Requested), (request.Folder, request.Reasons));
            tree.Queue.Done(request);
        }
    }

    [Theory]
    [InlineData("talos/s1", "is not watched: it is in no folder that matches one of '")]
    [InlineData("krios", "is not watched: it is in no folder that matches one of '")]
    [InlineData("krios/../talos/s1", "is not watched: it is in no folder that matches one of '")]
    [InlineData("krios/none", "is no folder that can be published: there is none of this name, or it is a link or hidden.")]
    [InlineData("krios/file", "is no folder that can be published")]
    [InlineData("krios/link/x", "is no folder that can be published")]
    [InlineData("krios/.hidden", "is no folder that can be published")]
    public async Task A_poke_elsewhere_is_refused_with_the_reason(string path, string reason)
    {
        string root = RootWith("krios/s1/x", "krios/file", "krios/.hidden/x", "talos/s1/x");
        Directory.CreateSymbolicLink(Path.Combine(root, "krios/link"), Path.Combine(root, "talos/s1"));
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], root);
        await tree.SettleAsync(1);

        HutchError refusal = tree.Watcher.Rescan(tree.At(path)).Error!;

        Assert.Equal(ErrorCode.NotFound, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, tree.Queue.Count);
    }

    [Fact]
    public async Task A_folder_with_an_impossible_name_is_named_to_the_operator()
    {
        string root = RootWith("krios/s1/x");
        TestTree.Run("mkdir krios/$'s\\xff'", root);
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], root);
        await tree.SettleAsync(1);

        string notice = Assert.Single(Assert.Single(tree.Watcher.Parents).Notices);
        TestTree.Run("rmdir krios/$'s\\xff'", root);

        Assert.Equal($"The name '{root}/krios/s\\xff' is not UTF-8: rename the folder.", notice);
    }

    [Fact]
    public async Task However_much_is_written_a_folder_is_not_looked_at_without_a_pause()
    {
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], RootWith("krios/s1/SPA.yml", "krios/s1/a"));
        await tree.UntilToldAsync("a");
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    File.AppendAllText(tree.At("krios/s1/a"), "1");
                }
            },
            Ct);
        long begun = TimeProvider.System.GetTimestamp();

        for (int i = 0; i < 10; i++)
        {
            await tree.HandleAsync();
        }

        // Not an upper limit, which depends on the machine: ten looks with a pause of 0.2 s each, less what was queued before.
        Assert.True(TimeProvider.System.GetElapsedTime(begun) > TimeSpan.FromSeconds(1.5));
        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task A_watcher_that_has_not_begun_has_no_parents_and_can_be_asked()
    {
        using var watcher = new FolderWatcher(
            [FolderRule.From(new WatchedFolderOptions { Watch = "/data" }).Value], new FolderQueue(), new WatchingOptions(), TimeProvider.System, NullLogger<FolderWatcher>.Instance);

        Assert.Empty(watcher.Parents);
        Assert.Equal(ErrorCode.NotFound, watcher.Rescan("/elsewhere").Error!.Code);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watcher.RunAsync(new CancellationToken(canceled: true)));
    }

    private static string RootWith(params string[] files)
    {
        string root = WatchedTree.NewRoot();
        foreach (string file in files)
        {
            WatchedTree.Write(root, file, file.EndsWith("SPA.yml", StringComparison.Ordinal) ? "DataId: a\n" : "1");
        }

        return root;
    }
}

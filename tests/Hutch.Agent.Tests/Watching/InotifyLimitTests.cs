using System.Diagnostics;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Tests.Watching;

/// <summary>
/// The real limits of the kernel: each test runs itself once more in a user namespace, which has limits of its own (namespaces(7)), and is
/// there what its name says.
/// </summary>
public sealed class InotifyLimitTests
{
    private const string Inside = "HUTCH_TEST_LIMITED";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_inotify_instance_all_folders_are_looked_at_every_second() =>
        await LimitedAsync("max_inotify_instances", 0, nameof(Without_an_inotify_instance_all_folders_are_looked_at_every_second), async tree =>
        {
            WatchedParent parent = Assert.Single(tree.Watcher.Parents);
            Assert.False(parent.IsReported);
            Assert.StartsWith("A limit of inotify is reached, so that all folders are looked at every second", Assert.Single(parent.Notices), StringComparison.Ordinal);
            Assert.Contains("Raise fs.inotify.max_user_instances (now ", parent.Notices[0], StringComparison.Ordinal);
            await ExpectChangesAsync(tree);
        });

    [Fact]
    public async Task Without_further_inotify_watches_active_folders_are_looked_at_every_second() =>
        await LimitedAsync("max_inotify_watches", 4, nameof(Without_further_inotify_watches_active_folders_are_looked_at_every_second), async tree =>
        {
            WatchedParent parent = Assert.Single(tree.Watcher.Parents);
            Assert.True(parent.IsReported);
            Assert.StartsWith("A limit of inotify is reached, so that some folders are looked at every second", Assert.Single(parent.Notices), StringComparison.Ordinal);
            Assert.Contains("Raise fs.inotify.max_user_watches (now ", parent.Notices[0], StringComparison.Ordinal);
            await ExpectChangesAsync(tree);
        });

    private static async Task ExpectChangesAsync(WatchedTree tree)
    {
        tree.Write("krios/s1/a/b/new", "1");
        await tree.UntilToldAsync("a/b/new");
        File.AppendAllText(tree.At("krios/s1/a/b/new"), "2");
        Assert.Equal(2, (await tree.UntilToldAsync("a/b/new")).Entry!.Size);
        tree.Write("krios/s9/SPA.yml", "DataId: b\n");
        await tree.UntilToldAsync("deep/file");
    }

    private static async Task LimitedAsync(string limit, int value, string test, Func<WatchedTree, Task> body)
    {
        if (Environment.GetEnvironmentVariable(Inside) is null)
        {
            var start = new ProcessStartInfo(
                "unshare",
                ["-r", "sh", "-euc", $"echo {value} >/proc/sys/user/{limit}; exec \"$@\"", "sh", Environment.ProcessPath!, "-method", $"*.{test}", "-noColor"])
            {
                Environment = { [Inside] = "yes" },
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync(Ct);
            await process.WaitForExitAsync(Ct);
            Assert.True(process.ExitCode == 0, output);
            Assert.Contains("Total: 1,", output, StringComparison.Ordinal);
            return;
        }

        string root = WatchedTree.NewRoot();
        foreach (string path in (string[])["krios/s1/SPA.yml", "krios/s1/a/b/old", "krios/s2/x", "krios/s3/x"])
        {
            WatchedTree.Write(root, path, "1");
        }

        await using var tree = new WatchedTree(WatchedTree.OnlyPolls, ["krios"], root);
        await tree.UntilToldAsync("a/b/old");
        Directory.CreateDirectory(tree.At("krios/s9"));
        await tree.UntilDueAsync("krios/s9");
        Directory.CreateDirectory(tree.At("krios/s9/deep"));
        File.WriteAllText(tree.At("krios/s9/deep/file"), "1");
        await body(tree);
    }
}

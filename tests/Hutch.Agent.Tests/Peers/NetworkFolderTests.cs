using Hutch.Agent.Tests.Watching;
using Hutch.Agent.Watching;
using Hutch.Disk;
using Hutch.Peers;

namespace Hutch.Agent.Tests.Peers;

/// <summary>
/// A mounted file system into which another machine writes: rclone serves a folder by FUSE, and the tests write into that folder past the
/// mount, of which the kernel reports nothing.
/// </summary>
public sealed class NetworkFolderTests : IAsyncLifetime
{
    private readonly string _server = WatchedTree.NewRoot();
    private readonly string _mount = WatchedTree.NewRoot();
    private PeerProcess? _rclone;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await (_rclone?.DisposeAsync() ?? ValueTask.CompletedTask);
        Assert.Empty(Directory.GetFileSystemEntries(_mount));
        Directory.Delete(_server, recursive: true);
    }

    [Fact]
    public async Task What_another_machine_writes_is_found_in_active_folders()
    {
        await MountAsync("1s");
        await using var tree = new WatchedTree(WatchedTree.OnlyPolls, ["krios"], _mount, isOurs: false);

        Write("krios/s1/notes", "1");
        await tree.UntilDueAsync("krios/s1");
        Write("krios/s1/SPA.yml", "DataId: a\n");
        await tree.UntilToldAsync("notes");
        Write("krios/s1/Movies/a.mrc", "1");
        await tree.UntilToldAsync("Movies/a.mrc");
        File.AppendAllText(Path.Combine(_server, "krios/s1/Movies/a.mrc"), "23");
        Assert.Equal(3, (await tree.UntilToldAsync("Movies/a.mrc")).Entry!.Size);
        Directory.Delete(Path.Combine(_server, "krios/s1/Movies"), recursive: true);
        Assert.Null((await tree.UntilToldAsync("Movies/a.mrc")).Entry);
    }

    [Fact]
    public async Task The_operator_sees_how_the_folder_is_watched_and_which_mount_options_to_use()
    {
        Write("krios/s1/SPA.yml", "DataId: a\n");
        await MountAsync("1s");
        await using var tree = new WatchedTree(WatchedTree.OnlyPolls, ["krios"], _mount, isOurs: false);
        await tree.HandleAsync();

        WatchedParent parent = Assert.Single(tree.Watcher.Parents);

        Assert.Equal(("fuse.rclone", false, 1), (parent.FileSystem, parent.IsReported, parent.Folders));
        Assert.Equal(
            "The mount remembers the attributes of files for up to 5 minutes unless the mount says otherwise, so that files of other machines are "
            + "seen that much later. Mount it with --dir-cache-time 1s --attr-timeout 1s, or let the software that writes the files call "
            + "'hutch agent rescan'.",
            Assert.Single(parent.Notices));
    }

    [Fact]
    public async Task A_metadata_file_that_is_corrected_in_place_is_found()
    {
        Write("krios/s1/SPA.yml", "DataId: [\n");
        await MountAsync("1s");
        await using var tree = new WatchedTree(WatchedTree.OnlyPolls, ["krios"], _mount, isOurs: false);
        FolderScanRequest request = await tree.TakeAsync();
        tree.Watcher.Keep(request, isActive: true, result: null);
        tree.Queue.Done(request);

        File.WriteAllText(Path.Combine(_server, "krios/s1/SPA.yml"), "DataId: corrected\n");

        Assert.Equal(tree.At("krios/s1"), (await tree.TakeAsync()).Folder);
    }

    [Fact]
    public async Task A_poke_sees_through_what_the_mount_remembers()
    {
        Write("krios/s1/SPA.yml", "DataId: a\n");
        Write("krios/s1/a", "1");
        await MountAsync("1h");
        await using var tree = new WatchedTree(WatchedTree.OnlyReports, ["krios"], _mount, isOurs: false);
        await tree.UntilToldAsync("a");
        File.AppendAllText(Path.Combine(_server, "krios/s1/a"), "2");
        Assert.Equal(1, new FileInfo(tree.At("krios/s1/a")).Length);

        for (long size = 1; size == 1;)
        {
            Assert.True(tree.Watcher.Rescan(tree.At("krios/s1")).IsOk);
            (_, FolderScanResult? result) = await tree.HandleAsync();
            size = result!.Bytes;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_another_machine_does_the_looks_tell_the_same_in_the_end(int seed)
    {
        Directory.CreateDirectory(Path.Combine(_server, "krios"));
        using var served = new ScannedFolder(parent: Path.Combine(_server, "krios"), seen: Path.Combine(_mount, "krios"));
        await MountAsync("100ms");
        Task writer = Task.Run(() => TestTree.Disturb(served, seed, withLinks: false), Ct);
        while (!writer.IsCompleted)
        {
            served.Look();
        }

        await writer;
        for (int looks = 0; !served.Walk().SequenceEqual(served.Told); looks++)
        {
            Assert.True(looks < 1000, "The looks do not come to what is there.");
            served.LookThrough(ScanReasons.Requested);
        }
    }

    private void Write(string path, string text) => WatchedTree.Write(_server, path, text);

    private async Task MountAsync(string attributeTime)
    {
        _rclone = await PeerProcess.StartAsync(
            "bash",
            [
                PeerProcess.WithParent, "rclone", "mount", $":local:{_server}", _mount, "--config", "/dev/null", "--dir-cache-time", "100ms",
                "--attr-timeout", attributeTime, "--log-level", "EMERGENCY",
            ],
            Ct);
        while (MountFacts.Read(_mount)?.Point != _mount)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Ct);
        }
    }
}

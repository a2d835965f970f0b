using Hutch.Client.Fetch;
using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Model;

namespace Hutch.Client.Portable.Tests;

/// <summary>What a disk cannot hold is named; nothing of it leaves the dataset.</summary>
public sealed class DiskLimitTests : DiskTest
{
    [Theory]
    [InlineData("macOS, APFS")]
    [InlineData("Windows, NTFS")]
    public async Task The_first_of_names_that_the_disk_takes_for_one_is_there_and_the_dataset_keeps_the_others(string kind)
    {
        On(kind);
        Server.Change(("Data/A.txt", "1"), ("Data/a.txt", "2"), ("data/x", "3"), ("other", "4"));

        CloneOutcome cloned = await CloneAsync("clone");

        Assert.Equal(["Data/a.txt", "data/x"], cloned.LeftOut);
        Assert.Contains("left out, as this disk takes 'Data/A.txt' and 'Data/a.txt' for one name: 'Data/a.txt'", Progress.Told);
        Assert.Contains("left out, as this disk takes 'Data' and 'data' for one name: 'data/x'", Progress.Told);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
        Folder.Write("clone/Data/A.txt", "new");
        await PushAsync(Reopen("clone"));
        Assert.Equal(4, Server.Head.Count);
        Assert.Equal("2", Server.Text("Data/a.txt"));

        Server.Change(("Data/a.txt", null), ("data/x", null), ("Data/b.txt", "2"));
        Assert.Empty((await PullAsync(Reopen("clone"))).LeftOut);
        Assert.Equal(("new", "2"), (Text("clone/Data", "A.txt"), Text("clone/Data", "b.txt")));
    }

    [Theory]
    [InlineData("macOS, APFS")]
    [InlineData("Windows, NTFS")]
    public async Task A_pull_leaves_such_a_name_out_until_the_other_is_removed(string kind)
    {
        On(kind);
        Server.Change(("A.txt", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a.txt", "2"), ("b", "2"));

        Assert.Equal(["a.txt"], (await PullAsync(Reopen("clone"))).LeftOut);

        Assert.Equal(("1", "2"), (Folder.Read("clone/A.txt"), Folder.Read("clone/b")));
        Server.Change(("A.txt", null));
        await PullAsync(Reopen("clone"));
        Assert.Equal(("2", "2"), (Folder.Read("clone/a.txt"), Folder.Read("clone/b")));
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
    }

    [Fact]
    public async Task A_file_in_the_place_of_one_that_was_left_out_is_not_pushed_over_it()
    {
        On("macOS, APFS");
        Server.Change(("A.txt", "1"), ("a.txt", "2"));
        await CloneAsync("clone");
        File.Move(Folder["clone/A.txt"], Folder["clone/b.txt"]);
        Folder.Write("clone/a.txt", "3");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));

        Assert.Equal(ErrorCode.Conflict, refused.Error.Code);
        Assert.Contains("'a.txt' is in the dataset already", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal("2", Server.Text("a.txt"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(TransferLimits.SmallFileBytes + 10)]
    public async Task A_file_that_another_program_locks_is_left_out_and_named_and_goes_with_the_next_push(int bytes)
    {
        SimulatedDisk disk = DiskKinds.All["Windows, NTFS"]();
        On(disk);
        Server.Change(("locked", "before"), ("free", "before"));
        await CloneAsync("clone");
        Folder.Write("clone/locked", new string('y', bytes));
        Folder.Write("clone/new", new string('z', bytes));
        Folder.Write("clone/free", "after");
        disk.InUse.UnionWith([Folder["clone/locked"], Folder["clone/new"]]);

        PushOutcome first = await PushAsync(Reopen("clone"));

        Assert.Equal(["locked", "new"], first.InUse);
        Assert.Equal(["locked", "new"], first.Unstable);
        Assert.Equal(("after", "before"), (Server.Text("free"), Server.Text("locked")));
        Assert.Equal(["free", "locked"], Server.Head.Keys);
        Assert.Equal(["locked", "new"], (await StatusAsync(Reopen("clone"))).Unstable);
        disk.InUse.Clear();
        PushOutcome second = await PushAsync(Reopen("clone"));
        Assert.Empty(second.Unstable);
        Assert.Equal(["free", "locked", "new"], Server.Head.Keys);
        Assert.Equal(bytes, Server.Text("locked").Length);
    }

    [Fact]
    public async Task A_pull_over_a_locked_file_keeps_it_and_can_be_repeated()
    {
        SimulatedDisk disk = DiskKinds.All["Windows, NTFS"]();
        On(disk);
        Server.Change(("locked", "before"));
        await CloneAsync("clone");
        Server.Change(("locked", "after"));
        using (File.OpenHandle(Folder["clone/locked"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            IOException refused = await Assert.ThrowsAsync<IOException>(() => PullAsync(Reopen("clone")));
            Assert.Contains("locked", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal("before", Folder.Read("clone/locked"));
        await PullAsync(Reopen("clone"));
        Assert.Equal("after", Folder.Read("clone/locked"));
    }

    [Fact]
    public async Task A_stand_in_that_lost_its_mark_is_not_pushed_and_can_be_marked_again()
    {
        On("Windows, NTFS");
        Server.Change(("a", "alpha"), ("b", "beta"));
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        File.SetLastWriteTimeUtc(Folder["clone/a"], DateTime.UtcNow);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));

        Assert.Contains("'a' stands in for", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal("alpha", Server.Text("a"));
        File.SetLastWriteTimeUtc(Folder["clone/a"], new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
    }

    [Fact]
    public async Task A_path_that_is_too_long_stops_the_clone_and_no_push_follows()
    {
        string name = string.Join('/', Enumerable.Repeat(new string('d', 60), 6));
        On(new SimulatedDisk { MaxPathLength = 259 });
        Server.Change(("a", "1"), (name, "2"));

        IOException refused = await Assert.ThrowsAsync<IOException>(() => CloneAsync("clone"));

        Assert.Contains("characters", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));
        Assert.Equal(2, Server.Head.Count);
    }

    [Fact]
    public async Task A_name_that_the_disk_refuses_is_left_out_and_stays_in_the_dataset()
    {
        On(new SimulatedDisk { ForbidsNames = true });
        Server.Change(("a", "1"), ("run:1", "2"));

        CloneOutcome cloned = await CloneAsync("clone");

        Assert.Equal(["run:1"], cloned.LeftOut);
        Assert.Contains("left out, as this disk cannot hold the name: 'run:1'", Progress.Told);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
        Assert.Equal(2, Server.Head.Count);
    }

    [Fact]
    public async Task What_a_disk_could_not_hold_comes_with_the_next_pull_on_a_disk_that_can()
    {
        On(new SimulatedDisk { ForbidsNames = true });
        Server.Change(("a", "1"), ("run:1", "2"));
        await CloneAsync("clone");
        On(new SimulatedDisk());

        Assert.Equal(["run:1"], (await PullAsync(Reopen("clone"))).Updated);

        Assert.Equal("2", Folder.Read("clone/run:1"));
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
    }

    [Fact]
    public async Task A_disk_on_which_no_link_stays_at_all_stops_the_lazy_clone()
    {
        On(new SimulatedDisk { Links = LinkSupport.Lies, RoundsMarksAway = true });
        Server.Change(("a", "1"));

        await Assert.ThrowsAsync<IOException>(() => CloneAsync("clone", new CloneOptions { Lazy = true }));

        await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));
        Assert.Single(Server.Head);
    }

    [Fact]
    public async Task Staged_files_are_all_that_is_left_in_their_folder()
    {
        On("Windows, NTFS");
        Server.Change(("a", "1"));

        await CloneAsync("staged", new CloneOptions { IsPlain = true });

        Assert.Equal([Folder["staged/a"]], Directory.GetFileSystemEntries(Folder["staged"]));
    }

    [Fact]
    public async Task Stand_ins_for_forbidden_names_are_reported()
    {
        On("Windows, NTFS");
        Server.Change(("run:1", "1"));

        await CloneAsync("clone");

        Assert.Contains(Progress.Told, line => line.Contains("1 path has stand-ins", StringComparison.Ordinal) && line.Contains("'run:1'", StringComparison.Ordinal));
        Assert.Equal("1", Folder.Read("clone/run\uF03A1"));
    }
}

using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Contracts;
using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Client.Portable.Tests;

/// <summary>What people do with a dataset, on each kind of disk. None of it may change more of the dataset than the person did.</summary>
public sealed class DiskScenarioTests : DiskTest
{
    private static readonly string[] HardNames = ["run:1.dat", "what?", "con.txt", "a\\b", "ends.", "sub/nul", "déjà vu", "CRLF.txt"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_clone_has_everything_and_a_push_changes_only_what_was_changed(string kind)
    {
        On(kind);
        SetHead();
        EntryInfo[] before = [.. Server.Head.Values];

        await CloneAsync("clone");

        Assert.All(HardNames, name => Assert.Equal("one\r\ntwo\n" + name, Text("clone", name)));
        Assert.Equal("a.txt", Target("clone", "link"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
        Assert.True((await VerifyAsync(Reopen("clone"))).Ok);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);

        Folder.Write("clone/a.txt", "changed");
        PushOutcome pushed = await PushAsync(Reopen("clone"));

        Assert.Equal((0, 1, 0), (pushed.Added, pushed.Changed, pushed.Removed));
        Assert.Equal("changed", Server.Text("a.txt"));
        Assert.Equal(before.Where(e => e.Path != "a.txt"), Server.Head.Values.Where(e => e.Path != "a.txt"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_lazy_clone_pushes_nothing_and_its_files_come_and_go(string kind)
    {
        On(kind);
        SetHead();
        EntryInfo[] before = [.. Server.Head.Values];

        await CloneAsync("clone", new CloneOptions { Lazy = true });

        Assert.Equal(before.Count(e => e.Kind == EntryKinds.File), (await StatusAsync(Reopen("clone"))).Placeholders);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
        Assert.Equal(before, Server.Head.Values);

        await GetAsync(Reopen("clone"));
        Assert.All(HardNames, name => Assert.Equal("one\r\ntwo\n" + name, Text("clone", name)));
        Assert.Equal(0, (await StatusAsync(Reopen("clone"))).Placeholders);

        DropOutcome dropped = await DropAsync(Reopen("clone"));
        Assert.Empty(dropped.Kept);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
        Assert.Equal(before, Server.Head.Values);
        Assert.True((await VerifyAsync(Reopen("clone"))).Ok);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_made_here_arrives_and_both_sides_changes_are_merged(string kind)
    {
        On(kind);
        using (Workspace workspace = Init())
        {
            Folder.Write("both.txt", "base");
            Folder.Write("sub/gone.txt", "base");
            Folder.Write("sub/Ärger.txt", "here");
            await PushAsync(workspace);
        }

        Assert.Equal(["both.txt", "sub/gone.txt", "sub/Ärger.txt"], Server.Head.Keys.Select(Nfc.Normalize));
        Server.Change(("both.txt", "theirs"), ("sub/gone.txt", null), ("sub/new:1.txt", "new"));
        Folder.Write("both.txt", "mine");

        PullOutcome pulled = await PullAsync(Reopen());

        Assert.Equal(["sub/new:1.txt"], pulled.Updated);
        Assert.Equal(["sub/gone.txt"], pulled.Removed);
        Assert.Equal("both.txt", Assert.Single(pulled.Conflicts).Path);
        Assert.Equal(("mine", "theirs"), (Folder.Read("both.txt"), Folder.Read("both.txt.theirs")));
        await ResolveAsync(Reopen(), mine: true, Folder["both.txt"]);
        await PushAsync(Reopen());
        Assert.Equal("mine", Server.Text("both.txt"));
        Assert.Equal(["both.txt", "sub/new:1.txt", "sub/Ärger.txt"], Server.Head.Keys);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_name_that_only_changes_its_case_is_renamed_on_both_sides(string kind)
    {
        On(kind);
        Server.Change(("Data/One.txt", "1"), ("two.txt", "2"));
        await CloneAsync("clone");
        using (FolderHandle folder = FolderHandle.Open(Folder["clone/Data"]))
        {
            Assert.Equal(MoveOutcome.Done, folder.Move("One.txt", folder, "one.txt"));
        }

        await PushAsync(Reopen("clone"));
        Assert.Equal(["Data/one.txt", "two.txt"], Server.Head.Keys);

        Server.Change(("two.txt", null), ("TWO.txt", "2"));
        await PullAsync(Reopen("clone"));

        Assert.Equal([".hutch", "Data", "TWO.txt"], Directory.GetFileSystemEntries(Folder["clone"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Files_that_come_through_a_cache_can_be_read_by_every_program(string kind)
    {
        SimulatedDisk disk = On(kind);
        Server.Change(("a.txt", "alpha"), ("large", new string('x', 3 << 20)));
        var options = new CloneOptions { Cache = Folder["cache"] };

        await CloneAsync("first", options);
        await CloneAsync("second", options);

        Assert.Equal("alpha", await File.ReadAllTextAsync(disk.Real(Folder["second/a.txt"]), Cancel));
        Assert.Equal(3 << 20, (await File.ReadAllTextAsync(disk.Real(Folder["second/large"]), Cancel)).Length);
        Assert.True((await StatusAsync(Reopen("second"))).IsClean);
        Assert.Null((await PushAsync(Reopen("second"))).Snapshot);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_change_of_the_same_length_soon_after_the_clone_is_seen(string kind)
    {
        On(kind);
        Server.SetHead(Server.Store("a.txt", "alpha"u8.ToArray()) with { Modified = null });
        await CloneAsync("clone");

        Folder.Write("clone/a.txt", "ALPHA");
        await PushAsync(Reopen("clone"));

        Assert.Equal("ALPHA", Server.Text("a.txt"));
    }

    private async Task<LocalVerifyOutcome> VerifyAsync(Workspace workspace)
    {
        using HutchClient client = Server.Connect();
        return await new LocalVerifyEngine(client, workspace, Progress).RunAsync(Cancel);
    }

    private void SetHead() => Server.SetHead(
    [
        Server.Store("a.txt", "alpha"u8.ToArray()),
        Server.Store("sub/run.sh", "beta"u8.ToArray()) with { Executable = true },
        Server.Store("secret", "gamma"u8.ToArray()) with { Metadata = new Dictionary<string, string> { [RestrictedMode.Name] = "0600" } },
        new EntryInfo { Path = "empty", Kind = EntryKinds.Directory },
        new EntryInfo { Path = "link", Kind = EntryKinds.Link, Target = "a.txt" },
        new EntryInfo { Path = "sub/out", Kind = EntryKinds.Link, Target = "/data/raw:1" },
        .. HardNames.Select(name => Server.Store(name, System.Text.Encoding.UTF8.GetBytes("one\r\ntwo\n" + name))),
    ]);
}

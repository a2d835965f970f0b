using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

public sealed class ResolveTests : WorkspaceTest
{
    [Fact]
    public async Task A_push_is_refused_until_each_conflict_is_decided()
    {
        Server.Change(("both", "1"), ("gone", "1"), ("kept", "1"), ("fine", "1"));
        await CloneAsync("clone");
        Server.Change(("both", "theirs"), ("gone", null), ("kept", "theirs"));
        Folder.Write("clone/both", "ours");
        Folder.Write("clone/gone", "ours");
        File.Delete(Folder["clone/kept"]);
        await PullAsync(Reopen("clone"));

        foreach (string path in (string[])["both", "gone", "kept"])
        {
            HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));
            Assert.Equal(ErrorCode.Conflict.Name, refusal.Error.Code.Name);
            Assert.Contains($"'{path}'", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("hutch resolve", refusal.Error.Code.Advice, StringComparison.Ordinal);
            Assert.Equal(2, Server.SnapshotCount);
            await ResolveAsync(Reopen("clone"), mine: true, Folder["clone/" + path]);
        }

        await PushAsync(Reopen("clone"));
        Assert.Equal(("ours", "ours"), (Server.Text("both"), Server.Text("gone")));
        Assert.Equal(["both", "fine", "gone"], Server.Head.Keys);
        Assert.Equal(["both", "fine", "gone"], Files());
    }

    [Fact]
    public async Task Theirs_takes_the_place_of_mine_and_there_is_nothing_left_to_push()
    {
        Server.Change(("both", "1"), ("gone/deep", "1"), ("kept", "1"));
        await CloneAsync("clone");
        Server.Change(("both", "theirs"), ("gone/deep", null), ("kept", "theirs"));
        Folder.Write("clone/both", "ours");
        Folder.Write("clone/gone/deep", "ours");
        File.Delete(Folder["clone/kept"]);
        await PullAsync(Reopen("clone"));

        Assert.Equal(["both", "gone/deep", "kept"], (await ResolveAsync(Reopen("clone"), mine: false, Folder["clone"])).Order());

        Assert.Equal(("theirs", "theirs"), (Folder.Read("clone/both"), Folder.Read("clone/kept")));
        Assert.Equal(["both", "kept"], Files());
        Assert.False(Folder.Has("clone/gone"));
        WorkspaceStatus status = await StatusAsync(Reopen("clone"));
        Assert.True(status.IsClean);
        Assert.Empty(status.Conflicts);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
    }

    [Fact]
    public async Task What_was_merged_into_my_file_is_mine()
    {
        await ConflictAsync();
        Folder.Write("clone/a", "merged");

        await ResolveAsync(Reopen("clone"), mine: true, Folder["clone/a"]);
        await PushAsync(Reopen("clone"));

        Assert.Equal("merged", Server.Text("a"));
        Assert.Equal(["a"], Files());
    }

    [Fact]
    public async Task A_copy_of_theirs_that_was_edited_is_not_thrown_away()
    {
        await ConflictAsync();
        Folder.Write("clone/a.theirs", "merged in the wrong file");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ResolveAsync(Reopen("clone"), mine: true, Folder["clone/a"]));

        Assert.Equal(ErrorCode.Conflict.Name, refusal.Error.Code.Name);
        Assert.Equal("merged in the wrong file", Folder.Read("clone/a.theirs"));
        Assert.Single(Reopen("clone").Conflicts);

        await ResolveAsync(Reopen("clone"), mine: false, Folder["clone/a"]);
        Assert.Equal("merged in the wrong file", Folder.Read("clone/a"));
    }

    [Fact]
    public async Task Theirs_is_brought_again_when_its_copy_is_gone()
    {
        await ConflictAsync();
        File.Delete(Folder["clone/a.theirs"]);

        await ResolveAsync(Reopen("clone"), mine: false, Folder["clone/a"]);

        Assert.Equal("theirs", Folder.Read("clone/a"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    /// <summary>Clients' case workdir, theirs.</summary>
    [Fact]
    public async Task A_second_pull_leaves_one_decision_and_theirs_is_the_newest()
    {
        await ConflictAsync();
        Server.Change(("a", "theirs, newer"));
        await PullAsync(Reopen("clone"));
        Assert.Equal(["a", "a.theirs", "a.theirs.2"], Files());

        await ResolveAsync(Reopen("clone"), mine: false, Folder["clone/a"]);

        Assert.Equal("theirs, newer", Folder.Read("clone/a"));
        Assert.Equal(["a"], Files());
        Assert.Empty(Reopen("clone").Conflicts);
    }

    [Fact]
    public async Task Theirs_below_a_file_of_mine_waits_until_the_file_is_out_of_the_way()
    {
        Server.Change(("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a/x", "theirs x"), ("a/y", "theirs y"));
        Folder.Write("clone/a", "ours");
        await PullAsync(Reopen("clone"));

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ResolveAsync(Reopen("clone"), mine: false, Folder["clone/a"]));
        Assert.Equal(ErrorCode.PathConflict, refusal.Error.Code);
        Assert.Equal(2, Reopen("clone").Conflicts.Count);

        File.Delete(Folder["clone/a"]);
        await ResolveAsync(Reopen("clone"), mine: false, Folder["clone/a"]);
        Assert.Equal(("theirs x", "theirs y"), (Folder.Read("clone/a/x"), Folder.Read("clone/a/y")));
        Assert.False(Folder.Has("clone/a.theirs"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task In_a_lazy_directory_a_placeholder_is_decided_like_a_file()
    {
        Server.Change(("b", "1"));
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        Server.Change(("sub/a", "theirs"));
        Folder.Write("clone/sub/a", "ours");
        await PullAsync(Reopen("clone"));

        await ResolveAsync(Reopen("clone"), mine: false, Folder["clone/sub/a"]);
        await GetAsync(Reopen("clone"), Folder["clone/sub"]);

        Assert.Equal("theirs", Folder.Read("clone/sub/a"));
    }

    [Fact]
    public async Task A_path_may_be_written_in_either_form_of_Unicode()
    {
        Server.Change(("\u00e9", "1"));
        await CloneAsync("clone");
        Server.Change(("\u00e9", "theirs"));
        Folder.Write("clone/\u00e9", "ours");
        await PullAsync(Reopen("clone"));

        Assert.Equal(["\u00e9"], await ResolveAsync(Reopen("clone"), mine: true, Folder["clone/e\u0301"]));
    }

    [Fact]
    public async Task Resolving_a_path_without_a_conflict_is_an_error()
    {
        await ConflictAsync();

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ResolveAsync(Reopen("clone"), mine: true, Folder["clone/other"]));

        Assert.Equal(ErrorCode.NotFound.Name, refusal.Error.Code.Name);
        Assert.Single(Reopen("clone").Conflicts);
    }

    [Fact]
    public async Task Push_pull_and_status_report_an_interrupted_clone()
    {
        Server.Change(("a", "1"));
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/fetch", StringComparison.Ordinal) ? Server.Reject(ErrorCode.Forbidden) : null;
        await Assert.ThrowsAsync<HutchException>(() => CloneAsync("clone"));
        Server.Intercept = null;

        foreach (Func<Task> run in (Func<Task>[])[() => PushAsync(Reopen("clone")), () => PullAsync(Reopen("clone"))])
        {
            HutchException refusal = await Assert.ThrowsAsync<HutchException>(run);
            Assert.Equal("This folder is not completely cloned.", refusal.Message);
            Assert.Contains("hutch clone", refusal.Error.Code.Advice, StringComparison.Ordinal);
        }

        Assert.True((await StatusAsync(Reopen("clone"))).Unfinished);
    }

    private async Task ConflictAsync()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "theirs"));
        Folder.Write("clone/a", "ours");
        await PullAsync(Reopen("clone"));
    }

    private IEnumerable<string?> Files() => Directory.EnumerateFiles(Folder["clone"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}

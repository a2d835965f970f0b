using System.Net.Sockets;
using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>Files that stay out of a dataset: <c>.hutchignore</c> and <c>--exclude</c>.</summary>
public sealed class IgnoreTests : WorkspaceTest
{
    [Fact]
    public async Task What_a_pattern_ignores_is_not_pushed_and_status_says_how_much()
    {
        Folder.Write(".hutchignore", "*.tmp\n/scratch/\n!keep.tmp\n");
        Folder.Write("a", "1");
        Folder.Write("x.tmp", "1");
        Folder.Write("keep.tmp", "1");
        Folder.Write("scratch/big", "1");
        Folder.Write("run/scratch/y", "1");
        Workspace workspace = Init();

        WorkspaceStatus status = await StatusAsync(workspace);
        await PushAsync(workspace);

        Assert.Equal([".hutchignore", "a", "keep.tmp", "run/scratch/y"], Server.Head.Keys);
        Assert.Equal(2, status.Ignored);
        Assert.Empty(Progress.Told);
        Assert.True((await StatusAsync(workspace)).IsClean);
    }

    [Fact]
    public async Task A_file_in_a_folder_has_the_last_word_there_and_a_command_line_everywhere()
    {
        Folder.Write(".hutchignore", "*.tmp\n");
        Folder.Write("keep/.hutchignore", "!*.tmp\n/sub/b\n");
        Folder.Write("keep/a.tmp", "1");
        Folder.Write("keep/sub/b", "1");
        Folder.Write("keep/sub/sub/b", "1");
        Folder.Write("other/a.tmp", "1");
        Folder.Write("other/sub/b", "1");
        Workspace workspace = Init();

        Assert.Equal(
            [".hutchignore", "keep/.hutchignore", "keep/a.tmp", "keep/sub/sub/b", "other/sub/b"], (await StatusAsync(workspace)).Added);

        workspace.Exclude(["*.tmp", "!other/a.tmp", "sub/"]);

        Assert.Equal([".hutchignore", "keep/.hutchignore", "other/a.tmp"], (await StatusAsync(workspace)).Added);
    }

    [Fact]
    public async Task A_folder_that_is_ignored_is_not_walked()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Directory.CreateDirectory(Folder["build/deep"]);
        socket.Bind(new UnixDomainSocketEndPoint(Folder["build/deep/s"])); // a walk reports it
        Folder.Write("a", "1");
        Workspace workspace = Init();
        Assert.Equal(["build/deep/s"], (await StatusAsync(workspace)).Unstorable.Select(item => item.Path));

        Folder.Write(".hutchignore", "build\n");

        WorkspaceStatus status = await StatusAsync(workspace);
        Assert.Equal([".hutchignore", "a"], status.Added);
        Assert.Equal(1, status.Ignored);
        Assert.Empty(status.Unstorable);
    }

    [Fact]
    public async Task What_no_dataset_can_hold_may_be_ignored()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Folder["run.sock"]));
        Folder.Write("a", "1");
        Workspace workspace = Init();
        workspace.Exclude(["*.sock"]);

        await PushAsync(workspace);

        Assert.Equal(["a"], Server.Head.Keys);
    }

    [Fact]
    public async Task Files_of_the_dataset_stay_in_it_even_if_a_pattern_ignores_them()
    {
        Server.Change(("build/out", "1"), ("build/deep/\u00e9", "1"), ("x.tmp", "1"));
        await CloneAsync("clone");
        Folder.Write("clone/.hutchignore", "build/\n*.tmp\n");
        Folder.Write("clone/build/out", "2");
        Folder.Write("clone/build/new", "1");
        Folder.Write("clone/build/other/new", "1");
        Folder.Write("clone/y.tmp", "1");
        File.Move(Folder["clone/build/deep/\u00e9"], Folder["clone/build/deep/e\u0301"]); // as some systems write it
        Workspace workspace = Reopen("clone");

        WorkspaceStatus status = await StatusAsync(workspace);

        Assert.Equal([".hutchignore"], status.Added);
        Assert.Equal(["build/out"], status.Changed);
        Assert.Empty(status.Removed);
        Assert.Equal(3, status.Ignored);

        File.Delete(Folder["clone/x.tmp"]);
        await PushAsync(workspace);

        Assert.Equal([".hutchignore", "build/deep/\u00e9", "build/out"], Server.Head.Keys);
        Assert.True((await StatusAsync(workspace)).IsClean);
    }

    [Fact]
    public async Task A_folder_in_which_all_is_ignored_is_no_empty_folder()
    {
        Folder.Write(".hutchignore", "*.tmp\n");
        Folder.Write("full/x.tmp", "1");
        Folder.Write("outer/inner/x.tmp", "1");
        Directory.CreateDirectory(Folder["empty"]);
        Workspace workspace = Init();
        await PushAsync(workspace);
        Assert.Equal([".hutchignore", "empty"], Server.Head.Keys);

        Folder.Write("empty/x.tmp", "1");

        Assert.True((await StatusAsync(workspace)).IsClean);
    }

    [Fact]
    public async Task A_pull_saves_the_servers_file_at_the_path_of_an_ignored_file_under_another_name()
    {
        Server.Change((".hutchignore", "*.tmp\n"));
        await CloneAsync("clone");
        Folder.Write("clone/x.tmp", "mine");
        Server.Change(("x.tmp", "theirs"));

        await PullAsync(Reopen("clone"));

        Assert.Equal("mine", Folder.Read("clone/x.tmp"));
        Assert.Equal("theirs", Folder.Read("clone/x.tmp.theirs"));
    }

    [Fact]
    public async Task A_lazy_clone_has_the_patterns_and_a_drop_keeps_them()
    {
        Server.Change((".hutchignore", "*.tmp\n"), ("run/.hutchignore", "*.log\n"), ("run/a", "1"));
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        Folder.Write("clone/x.tmp", "1");
        Folder.Write("clone/run/x.log", "1");

        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
        await DropAsync(Reopen("clone"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);

        Server.Change(("new/.hutchignore", "*.out\n"));
        await PullAsync(Reopen("clone"));
        Folder.Write("clone/new/x.out", "1");
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task Nothing_is_pushed_while_the_patterns_are_a_placeholder()
    {
        Server.Change((".hutchignore", "*.tmp\n"));
        await CloneAsync("clone");
        BlobHash hash = Server.Head[".hutchignore"].Hash!.Value;
        File.Delete(Folder["clone/.hutchignore"]);
        File.CreateSymbolicLink(Folder["clone/.hutchignore"], ContentLink.PlaceholderTarget(".hutchignore", hash));
        Folder.Write("clone/x.tmp", "1");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));
        Assert.Contains("which files must not be pushed is not known", refusal.Error.Message, StringComparison.Ordinal);
        Assert.Contains("`hutch get .hutchignore` downloads it", Assert.Single((await StatusAsync(Reopen("clone"))).Warnings), StringComparison.Ordinal);

        await GetAsync(Reopen("clone"), Folder["clone/.hutchignore"]);
        Assert.Null((await PushAsync(Reopen("clone"))).Snapshot);
    }

    [Fact]
    public async Task Patterns_come_from_the_cache_too_and_a_link_of_the_users_is_not_followed()
    {
        Server.Change((".hutchignore", "*.tmp\n"));
        await CloneAsync("clone", new CloneOptions { Cache = Folder["cache"] });
        Folder.Write("clone/x.tmp", "1");
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);

        Folder.Write("patterns", "*.tmp\n");
        File.Delete(Folder["clone/.hutchignore"]);
        File.CreateSymbolicLink(Folder["clone/.hutchignore"], Folder["patterns"]);

        WorkspaceStatus status = await StatusAsync(Reopen("clone"));
        Assert.Equal(["x.tmp"], status.Added);
        Assert.Equal(["'.hutchignore' is a link, and links are not followed: it ignores nothing."], status.Warnings);
    }

    [Fact]
    public async Task A_list_of_patterns_has_a_bound()
    {
        Folder.Write(".hutchignore", new string('#', (1 << 20) + 1));

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => StatusAsync(Init()));

        Assert.StartsWith("'.hutchignore' is longer than", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_pattern_gives_a_warning_in_a_file_and_an_error_on_the_command_line()
    {
        Folder.Write("sub/.hutchignore", "[ab\n");
        Workspace workspace = Init();

        string warning = Assert.Single((await StatusAsync(workspace)).Warnings);

        Assert.StartsWith("'sub/.hutchignore': '[ab' is no pattern", warning, StringComparison.Ordinal);
        HutchException refusal = Assert.Throws<HutchException>(() => workspace.Exclude(["ok", "x\\"]));
        Assert.Equal(ErrorCode.BadRequest.Name, refusal.Error.Code.Name);
    }
}

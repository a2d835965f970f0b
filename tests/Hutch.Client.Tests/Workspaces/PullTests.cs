using System.Net.Sockets;
using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Workspaces;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

public sealed class PullTests : WorkspaceTest
{
    /// <summary>Some systems and programs write names in decomposed form: a second file of the same name could not be pushed.</summary>
    [Fact]
    public async Task What_the_disk_has_in_another_form_of_Unicode_is_written_in_that_form()
    {
        Server.Change(("d\u00e9/caf\u00e9", "1"), ("d\u00e9/gone", "1"), ("d\u00e9/both", "1"), ("k\u00e9/x", "1"));
        await CloneAsync("clone");
        Directory.Move(Folder["clone/d\u00e9"], Folder["clone/de\u0301"]);
        File.Move(Folder["clone/de\u0301/caf\u00e9"], Folder["clone/de\u0301/cafe\u0301"]);
        Directory.Move(Folder["clone/k\u00e9"], Folder["clone/ke\u0301"]);
        Folder.Write("clone/de\u0301/both", "ours");
        Server.Change(
            ("d\u00e9/caf\u00e9", "2"), ("d\u00e9/gone", null), ("d\u00e9/both", "theirs"), ("d\u00e9/new", "2"), ("k\u00e9/x", null));

        await PullAsync(Reopen("clone"));

        Assert.Equal(
            ["both", "both.theirs", "cafe\u0301", "new"],
            Directory.EnumerateFiles(Folder["clone/de\u0301"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("2", Folder.Read("clone/de\u0301/cafe\u0301"));
        Assert.Equal(["de\u0301"], Directory.EnumerateDirectories(Folder["clone"]).Select(Path.GetFileName).Where(n => n != ".hutch"));
        await ResolveAsync(Reopen("clone"), mine: false, Folder["clone"]);
        Assert.Equal("theirs", Folder.Read("clone/de\u0301/both"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task A_pull_downloads_intact_files_and_lists_those_damaged_on_the_server()
    {
        Server.Change(("a", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "2"), ("b", "damaged"));
        Server.Damaged.Add(BlobHash.Compute("damaged"u8));

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal(["b"], outcome.Missing);
        Assert.Equal("2", Folder.Read("clone/a"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
        Server.Damaged.Clear();
        await GetAsync(Reopen("clone"));
        Assert.Equal("damaged", Folder.Read("clone/b"));
    }

    [Fact]
    public async Task A_change_of_a_file_that_a_socket_replaced_is_written_next_to_the_socket()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        File.Delete(Folder["clone/a"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Folder["clone/a"]));
        Server.Change(("a", "2"));

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal([("a", "a.theirs")], outcome.Conflicts.Select(conflict => (conflict.Path, conflict.Theirs)));
        Assert.Equal("2", Folder.Read("clone/a.theirs"));
    }

    [Fact]
    public async Task What_changed_only_there_is_applied()
    {
        Server.Change(("keep", "1"), ("change", "1"), ("remove/deep", "1"));
        await CloneAsync("clone");
        Server.Change(("change", "2"), ("remove/deep", null), ("new/deep", "3"));

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal(["change", "new/deep"], outcome.Updated);
        Assert.Equal(["remove/deep"], outcome.Removed);
        Assert.Equal("2", Folder.Read("clone/change"));
        Assert.Equal("3", Folder.Read("clone/new/deep"));
        Assert.False(Folder.Has("clone/remove"));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
        Assert.True((await PullAsync(Reopen("clone"))).UpToDate);
    }

    [Fact]
    public async Task What_changed_only_here_stays_and_can_be_pushed()
    {
        Server.Change(("a", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("b", "2"));
        Folder.Write("clone/a", "ours");
        Folder.Write("clone/new", "ours");

        await PullAsync(Reopen("clone"));
        await PushAsync(Reopen("clone"));

        Assert.Equal(("ours", "2", "ours"), (Server.Text("a"), Server.Text("b"), Server.Text("new")));
    }

    [Fact]
    public async Task A_file_changed_on_both_sides_stays_and_the_servers_version_is_saved_under_another_name()
    {
        Server.Change(("a.txt", "1"));
        await CloneAsync("clone");
        Server.Change(("a.txt", "theirs"));
        Folder.Write("clone/a.txt", "ours");
        Folder.Write("clone/a.txt.theirs", "a file of that name that was there before");

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        PullConflict conflict = Assert.Single(outcome.Conflicts);
        Assert.Equal(new PullConflict("a.txt", "a.txt.theirs.2", BlobHash.Compute("theirs"u8)), conflict);
        Assert.Equal("ours", Folder.Read("clone/a.txt"));
        Assert.Equal("theirs", Folder.Read("clone/a.txt.theirs.2"));
        Assert.Equal("a file of that name that was there before", Folder.Read("clone/a.txt.theirs"));

        Assert.Single((await StatusAsync(Reopen("clone"))).Conflicts);
    }

    [Fact]
    public async Task The_same_change_on_both_sides_is_no_conflict()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "2"), ("b", "3"));
        Folder.Write("clone/a", "2");
        Folder.Write("clone/b", "3");

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Empty(outcome.Conflicts);
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task A_file_removed_there_and_changed_here_stays()
    {
        Server.Change(("a", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a", null));
        Folder.Write("clone/a", "ours");

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal(new PullConflict("a", null), Assert.Single(outcome.Conflicts));
        Assert.Equal("ours", Folder.Read("clone/a"));
    }

    [Fact]
    public async Task A_file_removed_here_and_changed_there_comes_back()
    {
        Server.Change(("a", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "2"));
        File.Delete(Folder["clone/a"]);

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal("2", Folder.Read("clone/a"));
        Assert.Equal(new PullConflict("a", "a", BlobHash.Compute("2"u8)), Assert.Single(outcome.Conflicts));
        Assert.Empty(outcome.Updated);
    }

    [Fact]
    public async Task A_local_file_that_conflicts_with_a_new_folder_stays_and_the_folder_is_saved_under_another_name()
    {
        Server.Change(("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a/x", "theirs x"), ("a/y", "theirs y"));
        Folder.Write("clone/a", "ours");

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal(2, outcome.Conflicts.Count);
        Assert.Equal("ours", Folder.Read("clone/a"));
        Assert.Equal("theirs x", Folder.Read("clone/a.theirs/x"));
        Assert.Equal("theirs y", Folder.Read("clone/a.theirs/y"));
    }

    [Fact]
    public async Task A_local_folder_that_conflicts_with_a_new_file_stays_and_the_file_is_saved_under_another_name()
    {
        Server.Change(("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "theirs"));
        Folder.Write("clone/a/x", "ours");

        await PullAsync(Reopen("clone"));

        Assert.Equal("ours", Folder.Read("clone/a/x"));
        Assert.Equal("theirs", Folder.Read("clone/a.theirs"));
    }

    /// <summary>Clients' case workdir, links.</summary>
    [Fact]
    public async Task A_folder_there_that_became_a_file_and_back_is_followed()
    {
        Server.Change(("a/x", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a/x", null), ("a", "file"), ("b", null), ("b/y", "folder"));

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Empty(outcome.Conflicts);
        Assert.Equal("file", Folder.Read("clone/a"));
        Assert.Equal("folder", Folder.Read("clone/b/y"));
    }

    [Fact]
    public async Task A_base_that_the_server_does_not_keep_any_more_is_replaced_by_comparing_everything()
    {
        Server.Change(("a", "1"), ("gone", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "2"), ("gone", null));
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/diff", StringComparison.Ordinal) ? Server.Reject(ErrorCode.NotFound) : null;

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal(["a"], outcome.Updated);
        Assert.Equal(["gone"], outcome.Removed);
    }

    [Fact]
    public async Task A_pull_into_a_lazy_clone_leaves_placeholders_and_updates_downloaded_files()
    {
        Server.Change(("a", "1"), ("b", "1"));
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        await GetAsync(Reopen("clone"), Folder["clone/a"]);
        Server.Change(("a", "2"), ("b", "2"), ("c", "2"));

        await PullAsync(Reopen("clone"));

        Assert.Equal("2", Folder.Read("clone/a"));
        Assert.Equal(".hutch/missing/" + BlobHash.Compute("2"u8), new FileInfo(Folder["clone/b"]).LinkTarget);
        Assert.Equal(".hutch/missing/" + BlobHash.Compute("2"u8), new FileInfo(Folder["clone/c"]).LinkTarget);
    }

    /// <summary>Clients' case workdir, into.</summary>
    [Fact]
    public async Task A_directory_initialised_for_an_existing_dataset_is_merged_with_it_by_a_pull()
    {
        Server.Change(("same", "1"), ("different", "theirs"), ("theirs", "2"));
        Folder.Write("same", "1");
        Folder.Write("different", "ours");
        Folder.Write("ours", "3");

        PullOutcome outcome = await PullAsync(Init());
        await ResolveAsync(Reopen(), mine: true, Folder["different"]);
        await PushAsync(Reopen());

        Assert.Equal("different", Assert.Single(outcome.Conflicts).Path);
        Assert.Equal(["different", "ours", "same", "theirs"], Server.Head.Keys);
        Assert.Equal("ours", Server.Text("different"));
    }

    [Fact]
    public async Task A_file_that_changes_here_while_the_pull_runs_is_not_overwritten()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "theirs"));
        Server.Tamper = (request, bytes) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/fetch", StringComparison.Ordinal))
            {
                Folder.Write("clone/a", "ours, just now");
            }

            return bytes;
        };

        await PullAsync(Reopen("clone"));

        Assert.Equal("ours, just now", Folder.Read("clone/a"));
        Assert.Equal("theirs", Folder.Read("clone/a.theirs"));
    }

    [Fact]
    public async Task A_file_that_changes_here_while_the_pull_runs_is_not_overwritten_even_when_its_size_stays()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change(("a", "theirs"));
        Server.Tamper = (request, bytes) =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/fetch", StringComparison.Ordinal))
            {
                Folder.Write("clone/a", "2");
            }

            return bytes;
        };

        await PullAsync(Reopen("clone"));

        Assert.Equal("2", Folder.Read("clone/a"));
        Assert.Equal("theirs", Folder.Read("clone/a.theirs"));
    }

    [Fact]
    public async Task A_file_that_they_removed_and_that_changes_here_while_the_pull_runs_stays()
    {
        Server.Change(("a", "1"), ("b", "1"));
        await CloneAsync("clone");
        Server.Change(("a", null), ("b", "theirs"));
        Folder.Write("clone/b", "ours, which has to be read");
        Progress.Started = stage =>
        {
            if (stage == "Reading")
            {
                Folder.Write("clone/a", "2");
            }
        };

        PullOutcome outcome = await PullAsync(Reopen("clone"));

        Assert.Equal("2", Folder.Read("clone/a"));
        Assert.Contains(new PullConflict("a", null), outcome.Conflicts);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("sub/../../outside")]
    [InlineData("/tmp/outside")]
    [InlineData(".hutch-part-1")]
    public async Task A_path_that_leaves_the_directory_or_is_ours_is_refused_in_a_difference_and_in_a_listing(string path)
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        string config = Folder.Read("clone/.hutch/config");
        Server.SetHead(Server.Head["a"], Server.Store(path, "evil"u8.ToArray()));

        HutchException inDifference = await Assert.ThrowsAsync<HutchException>(() => PullAsync(Reopen("clone")));
        Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/diff", StringComparison.Ordinal) ? Server.Reject(ErrorCode.Gone) : null;
        HutchException inListing = await Assert.ThrowsAsync<HutchException>(() => PullAsync(Reopen("clone")));

        Assert.Equal((ErrorCode.InvalidPath, ErrorCode.InvalidPath), (inDifference.Error.Code, inListing.Error.Code));
        Assert.Equal(config, Folder.Read("clone/.hutch/config"));
        Assert.Equal(["clone"], Directory.EnumerateFileSystemEntries(Folder.Path).Select(Path.GetFileName));
        Assert.Equal(["a"], Directory.EnumerateFiles(Folder["clone"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_difference_whose_entry_belongs_elsewhere_is_refused()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change(("b", "2"));
        Server.Tamper = (request, bytes) => request.RequestUri!.AbsolutePath.EndsWith("/diff", StringComparison.Ordinal)
            ? System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(bytes).Replace("{\"path\":\"b\",\"change\"", "{\"path\":\"c\",\"change\"", StringComparison.Ordinal))
            : bytes;

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PullAsync(Reopen("clone")));

        Assert.Equal(ErrorCode.InvalidPath, refusal.Error.Code);
    }
}

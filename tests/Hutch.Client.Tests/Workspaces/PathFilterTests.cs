using Hutch.Client.Fetch;
using Hutch.Client.Pull;
using Hutch.Client.Workspaces;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>Entries that would take over a working directory, or the programs that work in it.</summary>
public sealed class PathFilterTests : WorkspaceTest
{
    private static readonly string[] Own = [".hutch/config", ".HUTCH/config", "sub/.hutch/config"];
    private static readonly string[] Git = [".git/hooks/pre-commit", "sub/.Git/config"];

    [Fact]
    public async Task A_clone_of_an_older_dataset_omits_entries_with_reserved_names_and_reports_them()
    {
        Server.Change([("a", "1"), .. Own.Select(p => (p, (string?)"evil"))]);

        await CloneAsync("clone");

        Assert.Equal("1", Folder.Read("clone/a"));
        Assert.DoesNotContain("evil", Folder.Read("clone/.hutch/config"), StringComparison.Ordinal);
        Assert.False(Folder.Has("clone/.HUTCH") || Folder.Has("clone/sub"));
        Assert.Contains(Progress.Told, t => t.StartsWith("3 of the dataset's entries left out: '.hutch'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pull_leaves_them_out_and_the_next_push_removes_nothing_of_them()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        Server.Change([("a", "2"), .. Own.Concat(Git).Select(p => (p, (string?)"evil"))]);

        await PullAsync(Reopen("clone"));
        Folder.Write("clone/new", "3");
        await PushAsync(Reopen("clone"));

        Assert.False(Folder.Has("clone/.HUTCH") || Folder.Has("clone/sub") || Folder.Has("clone/.git"));
        Assert.Equal(new[] { "a", "new" }.Concat(Own).Concat(Git).Order(StringComparer.Ordinal), Server.Head.Keys.Order(StringComparer.Ordinal));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    /// <summary>Clients' case odd-names-out.</summary>
    [Fact]
    public async Task Names_that_are_too_long_for_a_disk_are_left_out_and_named_and_the_next_push_removes_nothing_of_them()
    {
        string[] tooLong = [new string('k', 256), "d/" + new string('ü', 128) + "/x"];
        string fits = new('f', 255);
        Server.Change([("a", "1"), (fits, "2"), .. tooLong.Select(p => (p, (string?)"3"))]);

        CloneOutcome cloned = await CloneAsync("clone");
        Folder.Write("clone/new", "4");
        await PushAsync(Reopen("clone"));
        PullOutcome pulled = await PullAsync(Reopen("clone"));

        Assert.Equal("2", Folder.Read("clone/" + fits));
        Assert.Equal(tooLong.Order(StringComparer.Ordinal), cloned.LeftOut.Order(StringComparer.Ordinal));
        Assert.Equal(2, Progress.Told.Count(t => t.StartsWith("left out, as this disk cannot hold the name", StringComparison.Ordinal)));
        Assert.Equal(new[] { "a", "new", fits }.Concat(tooLong).Order(StringComparer.Ordinal), Server.Head.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(pulled.LeftOut);
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task Git_is_brought_only_when_asked_for()
    {
        Server.Change([("a", "1"), .. Git.Select(p => (p, (string?)"#!/bin/sh"))]);

        await CloneAsync("without");
        await CloneAsync("with", new CloneOptions { Git = true });

        Assert.False(Folder.Has("without/.git") || Folder.Has("without/sub"));
        Assert.True(Folder.Has("with/.git/hooks/pre-commit"));
        Assert.Contains(Progress.Told, t => t.Contains("`hutch clone --git` downloads them", StringComparison.Ordinal));

        Folder.Write("without/.git/config", "my own repository");
        Assert.True((await StatusAsync(Reopen("without"))).IsClean);
        Folder.Write("with/.git/config", "changed");
        Assert.Equal([".git/config"], (await StatusAsync(Reopen("with"))).Added);
    }

    [Fact]
    public async Task Neither_get_nor_the_decision_for_theirs_brings_what_stays_out()
    {
        const string Hook = ".git/hooks/pre-commit";
        Server.Change(("a", "1"), (Hook, "1"));
        await CloneAsync("clone", new CloneOptions { Git = true, Lazy = true });
        Server.Change((Hook, "evil"));
        File.Delete(Folder["clone/" + Hook]);
        await PullAsync(Reopen("clone"));
        File.Delete(Folder["clone/" + Hook]);
        Folder.Write("clone/.hutch/config", "{\"git\":false," + Folder.Read("clone/.hutch/config")[1..]);

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => ResolveAsync(Reopen("clone"), mine: false, Folder["clone"]));
        await ResolveAsync(Reopen("clone"), mine: true, Folder["clone"]);
        Directory.CreateDirectory(Folder["clone/.git/hooks"]);
        File.CreateSymbolicLink(Folder["clone/" + Hook], "../../" + new FileInfo(Folder["clone/a"]).LinkTarget);
        GetOutcome got = await GetAsync(Reopen("clone"));

        Assert.Contains($"'{Hook}' stays out of this working directory", refusal.Message, StringComparison.Ordinal);
        Assert.Equal($"`hutch resolve {Hook} --mine` decides without it.", refusal.Error.Code.Advice);
        Assert.Equal(1, got.Files);
        Assert.Equal("1", Folder.Read("clone/a"));
        Assert.NotNull(new FileInfo(Folder["clone/" + Hook]).LinkTarget);
    }

    [Fact]
    public async Task Files_with_reserved_names_are_not_pushed_and_nested_working_directories_are_reported()
    {
        Folder.Write("a", "1");
        Folder.Write(".HUTCH/x", "1");
        Folder.Write("inner/b", "1");
        Folder.Write("inner/.hutch/config", "{}");

        WorkspaceStatus status = await StatusAsync(Init());

        Assert.Equal(["a", "inner/b"], status.Added);
        Assert.Contains("'.HUTCH' is not pushed: the name '.hutch', in any case, is Hutch's own.", status.Warnings);
        Assert.Contains("'inner' is itself a working directory; its files will be pushed with this one.", status.Warnings);
    }
}

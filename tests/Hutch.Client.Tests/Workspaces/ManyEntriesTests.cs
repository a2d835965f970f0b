using System.Runtime.CompilerServices;
using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Model;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>What a command holds in memory does not grow with the number of entries, and what waits on the disk is what was there.</summary>
public sealed class ManyEntriesTests : WorkspaceTest
{
    private const int Held = 8;
    private const int Folders = 20;
    private const int FilesInEach = 50;

    [Fact]
    public async Task A_walk_lets_every_entry_go_before_it_comes_to_the_next()
    {
        Server.Change([.. Paths().Select(p => (p, (string?)p))]);
        await CloneAsync("clone");
        Workspace workspace = Reopen("clone");

        List<WeakReference> seen = Walk(workspace);

        Assert.Equal(Folders * FilesInEach, seen.Count);
        Assert.InRange(Alive(seen), 0, 4);
    }

    [Fact]
    public async Task What_differs_waits_on_the_disk()
    {
        Workspace workspace = Init();
        workspace.Held = Held;
        foreach (string path in Paths())
        {
            Folder.Write(path, path);
        }

        var seen = new List<WeakReference>();
        using LocalChanges changes = LocalChanges.Scan(workspace, static _ => { }, takes: null, Cancel);
        await changes.ClassifyAsync(
            (portion, _) =>
            {
                Record(portion, seen);
                return Task.CompletedTask;
            },
            Cancel);

        Assert.Equal(Folders * FilesInEach, seen.Count);
        Assert.InRange(Alive(seen), 0, 4 * Held);
        Assert.Equal(Paths().Select(p => (p, BlobHash.Compute("x"u8))), changes.Read().Select(f => (f.Item.Path, f.Hash!.Value)));
    }

    [Fact]
    public async Task Push_clone_status_and_pull_are_right_when_hardly_anything_fits_into_memory()
    {
        Workspace workspace = Init();
        workspace.Held = Held;
        foreach (string path in Paths())
        {
            Folder.Write(path, path);
        }

        Directory.CreateSymbolicLink(Folder["link"], "f00/n00");
        Directory.CreateDirectory(Folder["empty"]);
        await PushAsync(workspace);
        Assert.Equal(["empty", .. Paths(), "link"], Server.Head.Keys);

        foreach (string path in Paths().Where((_, i) => i % 7 == 0))
        {
            File.Delete(Folder[path]);
        }

        foreach (string path in Paths().Where((_, i) => i % 7 == 1))
        {
            Folder.Write(path, path + " changed");
        }

        Folder.Write("new", "new");
        Push.PushOutcome outcome = await PushAsync(workspace);
        Assert.Equal((1, 143, 143), (outcome.Added, outcome.Changed, outcome.Removed));
        Assert.True((await StatusAsync(Reopen())).IsClean);

        await CloneAsync("clone");
        Workspace clone = Reopen("clone");
        clone.Held = Held;
        Assert.True((await StatusAsync(clone)).IsClean);
        Assert.Equal("f00/n01 changed", Folder.Read("clone/f00/n01"));
        Assert.False(File.Exists(Folder["clone/f00/n00"]));

        Server.Change([.. Paths().Where((_, i) => i % 7 == 2).Select(p => (p, (string?)"theirs"))]);
        Assert.Equal(143, (await PullAsync(clone)).Updated.Count);
        WorkspaceStatus status = await StatusAsync(Reopen("clone"));
        Assert.True(status.IsClean);
        Assert.Equal(Server.Head.Count, status.Entries);
    }

    [Fact]
    public async Task Every_byte_is_compared_when_hardly_anything_fits_into_memory()
    {
        Server.Change([.. Paths().Select(p => (p, (string?)p))]);
        await CloneAsync("clone");
        File.Delete(Folder["clone/f00/n00"]);
        Folder.Write("clone/f10/n10", "other");
        Folder.Write("clone/f10/n10a", "new");
        Folder.Write("clone/z", "new");
        Workspace workspace = Reopen("clone");
        workspace.Held = Held;

        using HutchClient client = Server.Connect();
        LocalVerifyOutcome outcome = await new LocalVerifyEngine(client, workspace, Progress).RunAsync(Cancel);

        Assert.Equal((Folders * FilesInEach) - 2, outcome.Same);
        Assert.Equal(["f10/n10"], outcome.Different);
        Assert.Equal(["f00/n00"], outcome.Missing);
        Assert.Equal(["f10/n10a", "z"], outcome.Added);
    }

    [Fact]
    public async Task Placeholders_that_were_moved_are_pushed_when_hardly_anything_fits_into_memory()
    {
        Server.Change([.. Paths().Select(p => (p, (string?)p))]);
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        Workspace workspace = Reopen("clone");
        workspace.Held = Held;
        Directory.CreateDirectory(Folder["clone/moved"]);
        foreach (string path in Paths().Take(FilesInEach))
        {
            // A placeholder is a link relative to its folder.
            File.Move(Folder["clone/" + path], Folder["clone/moved/" + path[4..]]);
        }

        await PushAsync(workspace);

        Assert.Equal("f00/n07", Server.Text("moved/n07"));
        Assert.False(Server.Head.ContainsKey("f00/n07"));
    }

    private static IEnumerable<string> Paths() => Enumerable.Range(0, Folders)
        .SelectMany(f => Enumerable.Range(0, FilesInEach).Select(n => $"f{f:00}/n{n:00}"));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<WeakReference> Walk(Workspace workspace) =>
        [.. LocalTree.Walk(workspace, workspace.Scan(), Cancel).Select(f => new WeakReference(f))];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Record(IReadOnlyList<TrackedFile> portion, List<WeakReference> seen)
    {
        foreach (TrackedFile file in portion)
        {
            file.Hash = BlobHash.Compute("x"u8);
            seen.Add(new WeakReference(file));
        }
    }

    private static int Alive(List<WeakReference> seen)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return seen.Count(r => r.IsAlive);
    }
}

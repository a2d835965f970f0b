using System.Runtime.InteropServices;
using Hutch.Client.Fetch;
using Hutch.Client.Workspaces;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Tests.Workspaces;

/// <summary>Who may read and write a file, holes, and hard links: what a file is beside its bytes.</summary>
public sealed partial class PermissionTests : WorkspaceTest
{
    private const int LargeBytes = 9 * 1024 * 1024;
    private const int SeekData = 3;

    [Fact]
    public async Task A_file_that_only_its_owner_may_read_comes_back_so()
    {
        Write("open", "644");
        Write("group", "640");
        Write("private", "600");
        Write("program", "700");
        Write("read-only", "444");
        Write("large", "600", new string('x', LargeBytes));
        Workspace workspace = Init();
        await PushAsync(workspace);

        Assert.True((await StatusAsync(workspace)).IsClean);
        Assert.Equal(
            ["group 0640", "large 0600", "open ", "private 0600", "program 0600", "read-only 0444"],
            Server.Head.Values.Select(e => $"{e.Path} {e.Metadata?[RestrictedMode.Name]}"));
        Assert.True(Server.Head["program"].Executable);

        await CloneAsync("clone");

        Assert.Equal(
            ("644", "640", "600", "700", "444", "600"),
            (Mode("clone/open"), Mode("clone/group"), Mode("clone/private"), Mode("clone/program"), Mode("clone/read-only"), Mode("clone/large")));
        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task A_changed_mode_alone_is_a_change_that_is_pushed_without_bytes_and_pulled()
    {
        Server.SetHead(
            Server.Store("a", "1"u8.ToArray()) with { Metadata = new Dictionary<string, string> { ["k"] = "v" } }, Server.Store("b", "2"u8.ToArray()));
        await CloneAsync("one");
        await CloneAsync("two");
        SetMode("one/a", "600");

        Assert.Equal(["a"], (await StatusAsync(Reopen("one"))).Changed);
        Assert.Equal((1, 0L), (await PushAsync(Reopen("one")) is var pushed ? pushed.Changed : 0, pushed.UploadedFiles));
        await PullAsync(Reopen("two"));

        Assert.Equal("600", Mode("two/a"));
        Assert.Equal(("0600", "v"), (Server.Head["a"].Metadata![RestrictedMode.Name], Server.Head["a"].Metadata!["k"]));

        SetMode("two/a", "644");
        await PushAsync(Reopen("two"));
        await PullAsync(Reopen("one"));

        Assert.Equal("644", Mode("one/a"));
        Assert.Equal(["k"], Server.Head["a"].Metadata!.Keys);
    }

    [Fact]
    public async Task Another_clients_commit_with_other_permissions_is_not_mistaken_for_the_commit_of_this_push()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        SetMode("clone/a", "600");
        Server.Intercept = request =>
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/commit", StringComparison.Ordinal))
            {
                return null;
            }

            Server.Intercept = null;
            Server.SetHead([.. Server.Head.Values]);
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "gone");
        };

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Reopen("clone")));

        Assert.Equal(ErrorCode.Conflict.Name, refusal.Error.Code.Name);
        Assert.Equal(["a"], (await StatusAsync(Reopen("clone"))).Changed);
    }

    [Fact]
    public async Task Making_a_whole_working_directory_private_is_not_a_change()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        foreach (string path in (string[])["clone", "clone/.hutch"])
        {
            SetMode(path, "700");
        }

        SetMode("clone/a", "600");

        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
    }

    [Fact]
    public async Task A_file_that_came_under_a_stricter_mask_is_no_change()
    {
        Server.Change(("a", "1"));
        await CloneAsync("clone");
        SetMode("clone/a", "600");
        Workspace workspace = Reopen("clone");
        workspace.Index.SetWritten("a", workspace.Root.Status("a")!.Value, Server.Head["a"].Hash!.Value); // as such a pull leaves it
        workspace.SaveIndex();

        Assert.True((await StatusAsync(Reopen("clone"))).IsClean);
        SetMode("clone/a", "600"); // somebody's choice now
        Assert.Equal(["a"], (await StatusAsync(Reopen("clone"))).Changed);
    }

    [Fact]
    public async Task A_moved_placeholder_keeps_the_mode_of_its_file()
    {
        Server.SetHead(Server.Store("a", "1"u8.ToArray()) with { Metadata = new Dictionary<string, string> { [RestrictedMode.Name] = "0600" } });
        await CloneAsync("clone", new CloneOptions { Lazy = true });
        File.Move(Folder["clone/a"], Folder["clone/b"]);
        await PushAsync(Reopen("clone"));

        Assert.Equal("0600", Server.Head["b"].Metadata![RestrictedMode.Name]);
        await GetAsync(Reopen("clone"));
        Assert.Equal("600", Mode("clone/b"));
    }

    [Theory]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(LargeBytes)]
    public async Task A_sparse_file_comes_back_sparse(int length)
    {
        byte[] bytes = new byte[length];
        bytes[^1] = 1;
        Server.SetHead(Server.Store("a", bytes));

        await CloneAsync("clone");

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Folder["clone/a"], Cancel));
        using SafeFileHandle file = File.OpenHandle(Folder["clone/a"]);
        Assert.InRange(Seek(file, 0, SeekData), length - (64 * 1024), length - 1);
    }

#if !PORTABLE_DISK // whose runtime counts no links
    [Fact]
    public async Task Hard_links_are_reported_in_one_line()
    {
        Folder.Write("a", "1");
        Assert.Equal(0, Link(Folder["a"], Folder["b"]));
        Workspace workspace = Init();

        await PushAsync(workspace);
        Assert.Equal(["1 file is a hard link to another: it is stored once and comes back as a separate file."], Progress.Told);

        Assert.Equal(0, Link(Folder["a"], Folder["c"]));
        Assert.Equal(
            ["2 files are hard links to others: they are stored once and come back as separate files."], (await StatusAsync(workspace)).Warnings);
        File.Delete(Folder["b"]);
        File.Delete(Folder["c"]);
        Assert.Empty((await StatusAsync(workspace)).Warnings);
    }
#endif

    private void Write(string name, string mode, string content = "1")
    {
        Folder.Write(name, content + mode);
        SetMode(name, mode);
    }

    private void SetMode(string name, string mode) => File.SetUnixFileMode(Folder[name], (UnixFileMode)Convert.ToInt32(mode, 8));

    private string Mode(string name) => Convert.ToString((int)File.GetUnixFileMode(Folder[name]), 8);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string newPath);
}

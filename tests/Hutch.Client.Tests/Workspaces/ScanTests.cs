using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hutch.Client.Push;
using Hutch.Client.Workspaces;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client.Tests.Workspaces;

public sealed partial class ScanTests : WorkspaceTest
{
    [Fact]
    public async Task A_name_that_is_not_UTF8_is_left_out_and_shown_readably()
    {
        Folder.Write("good", "1");
        byte[] name = [.. System.Text.Encoding.UTF8.GetBytes(Folder.Path + "/caf"), 0xE9, 0];
        Assert.Equal(0, MakeFolder(name, 0x1FF));

        PushOutcome outcome = await PushAsync(Init());
        Assert.Equal(0, RemoveFolder(name)); // what the platform's own delete cannot

#if PORTABLE_DISK // .NET shows all such bytes alike
        const string Shown = @"caf\xff";
#else
        const string Shown = @"caf\xe9";
#endif
        Assert.Equal([new UnstorableItem(Shown, "Its name is not UTF-8; rename it, for instance with convmv.")], outcome.Unstorable);
        Assert.Equal(["good"], Server.Head.Keys);
    }

    [Fact]
    public async Task A_socket_is_left_out_and_the_rest_is_pushed()
    {
        Folder.Write("good", "1");
        using Socket socket = MakeSocket("socket");

        PushOutcome outcome = await PushAsync(Init());

        Assert.Equal([new UnstorableItem("socket", "It is a socket, pipe or device.")], outcome.Unstorable);
        Assert.Equal(["good"], Server.Head.Keys);
    }

    [Fact]
    public async Task A_file_that_a_socket_replaced_stays_in_the_dataset()
    {
        Folder.Write("a", "1");
        Folder.Write("b", "1");
        Workspace workspace = Init();
        await PushAsync(workspace);
        File.Delete(Folder["a"]);
        using Socket socket = MakeSocket("a");
        Folder.Write("b", "22");

        PushOutcome outcome = await PushAsync(workspace);

        Assert.Equal((0, 1, 0), (outcome.Added, outcome.Changed, outcome.Removed));
        Assert.Equal(["a", "b"], Server.Head.Keys);
        Assert.Equal(["a"], outcome.Unstorable.Select(item => item.Path));
    }

    [Fact]
    public async Task Names_that_look_the_same_are_refused_as_either_may_be_meant()
    {
        Folder.Write("e\u0301", "decomposed");
        Folder.Write("\u00e9", "composed");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => PushAsync(Init()));

        Assert.Contains("look the same and differ only in how their characters are encoded", refusal.Error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Server.SnapshotCount);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_pushed_with_a_warning()
    {
        Folder.Write("Data", "1");
        Folder.Write("data", "2");

        await PushAsync(Init());

        Assert.Equal(["Data", "data"], Server.Head.Keys);
        Assert.Contains(Progress.Told, t => t.Contains("differ only in case", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_in_another_form_than_NFC_is_stored_in_NFC()
    {
        Folder.Write("e\u0301", "1");

        await PushAsync(Init());

        Assert.Equal(["\u00e9"], Server.Head.Keys);
    }

    [Fact]
    public async Task Links_are_kept_as_links_and_never_followed()
    {
        Folder.Write("real/file", "1");
        Directory.CreateSymbolicLink(Folder["to-folder"], Folder["real"]);
        Directory.CreateSymbolicLink(Folder["out"], "/etc");

        await PushAsync(Init());

        Assert.Equal(["out", "real/file", "to-folder"], Server.Head.Keys);
    }

    [Fact]
    public async Task Our_own_files_and_half_written_ones_are_never_pushed()
    {
        Folder.Write(".hutch-part-1", "half");
        Folder.Write("nested/.hutch/config", "somebody else's");
        Folder.Write("a", "1");

        await PushAsync(Init());

        Assert.Contains("a", Server.Head.Keys);
        Assert.DoesNotContain(Server.Head.Keys, p => p.Contains(".hutch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Status_lists_added_changed_and_removed_files()
    {
        Server.Change(("keep", "1"), ("change", "1"), ("remove", "1"));
        await CloneAsync("clone");
        Workspace workspace = Reopen("clone");
        Folder.Write("clone/change", "2");
        Folder.Write("clone/new", "1");
        File.Delete(Folder["clone/remove"]);

        WorkspaceStatus status = await StatusAsync(workspace);

        Assert.Equal(["new"], status.Added);
        Assert.Equal(["change"], status.Changed);
        Assert.Equal(["remove"], status.Removed);
        Assert.False(status.IsClean);
    }

    [Fact]
    public void Two_commands_cannot_change_one_folder_at_the_same_time()
    {
        using Workspace first = Init();
        using Workspace second = Workspace.TryOpen(Folder.Path)!;
        first.Lock();

        HutchException refusal = Assert.Throws<HutchException>(second.Lock);

        Assert.Contains("Another hutch command", refusal.Error.Message, StringComparison.Ordinal);
    }

    /// <summary>As a child of another thread has between fork and exec: it must not keep the folder from the next command.</summary>
    [Fact]
    public void The_lock_ends_with_the_command_though_a_copy_of_its_descriptor_is_open()
    {
        using Workspace second = Init();
        Workspace first = Workspace.TryOpen(Folder.Path)!;
        first.Lock();
        string path = Path.Combine(Folder.Path, ".hutch", "lock");
        string descriptor = Directory.GetFiles("/proc/self/fd").Single(fd => new FileInfo(fd).LinkTarget == path);
        using var copy = new SafeFileHandle(Duplicate(int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)), ownsHandle: true);

        first.Dispose();

        second.Lock();
    }

    private Socket MakeSocket(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Folder[path]));
        return socket;
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "mkdir")]
    private static partial int MakeFolder(byte[] path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir")]
    private static partial int RemoveFolder(byte[] path);
}

using Hutch.Disk.Folders;
using Hutch.Disk.Folders.Systems;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

/// <summary>Folders by path, as macOS and Windows reach them, beside those of Linux: what both can see, they see alike.</summary>
public sealed class PortableFolderTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("hutch-portable-").FullName;
    private readonly UnixFiles _portable = new();
    private readonly LinuxFiles _linux = new();

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData("echo text > it")]
    [InlineData("echo text > it; chmod 2755 it; touch -d 2001-02-03T04:05:06.123456789Z it")]
    [InlineData("touch -d 1960-01-01T00:00:00.5Z it")]
    [InlineData("mkdir it; chmod 1700 it")]
    [InlineData("ln -s /nowhere/at/all it")]
    [InlineData("mkfifo it")]
    [InlineData("truncate -s 5G it")]
    public void A_name_has_the_same_status_through_both(string make)
    {
        Run(make);
        string it = Path.Combine(_path, "it");

        FileStatus expected = _linux.Status(it, followsLinks: false)!.Value;
        FileStatus actual = _portable.Status(it, followsLinks: false)!.Value;

        Assert.Equal(expected with { Device = 0, Links = 1, AllocatedBytes = null }, actual with { Device = 0 });
        if (expected.Type == FileType.File)
        {
            using SafeFileHandle file = File.OpenHandle(it);
            Assert.Equal(actual, _portable.Status(file));
        }
    }

    [Fact]
    public void A_link_is_followed_on_request_and_a_missing_file_has_no_status()
    {
        Run("echo text > file; ln -s file link; ln -s nothing broken");

        Assert.Equal(FileType.File, _portable.Status(Path.Combine(_path, "link"), followsLinks: true)!.Value.Type);
        Assert.Null(_portable.Status(Path.Combine(_path, "broken"), followsLinks: true));
        Assert.Null(_portable.Status(Path.Combine(_path, "file/below"), followsLinks: false));
    }

    [Fact]
    public void The_same_user_is_found()
    {
        Assert.Equal(_linux.CurrentUser, _portable.CurrentUser);
    }

    [Theory]
    [InlineData("ln -s /etc/passwd it")]
    [InlineData("mkdir it")]
    [InlineData("mkfifo it")]
    [InlineData("true")]
    public void Only_regular_files_are_opened(string make)
    {
        Run(make);
        using FolderHandle folder = _portable.OpenFolder(_path);

        Assert.Null(folder.TryOpenFile("it"));
    }

    [Fact]
    public void A_new_file_has_its_permissions_from_the_start_and_nothing_is_written_through_a_link()
    {
        Run("ln -s elsewhere link");
        using FolderHandle folder = _portable.OpenFolder(_path);
        using SafeFileHandle file = folder.CreateFile("secret", SmallFile.OwnerOnly);

        Assert.Equal(SmallFile.OwnerOnly, _linux.Status(file).Mode);
        Assert.Throws<IOException>(() => folder.CreateFile("secret"));
        Assert.Throws<IOException>(() => folder.OpenOrCreateFile("link"));
        Assert.False(File.Exists(Path.Combine(_path, "elsewhere")));
    }

    [Fact]
    public void One_open_file_at_a_time_has_the_lock_whichever_system_took_it()
    {
        using FolderHandle folder = _portable.OpenFolder(_path);
        using SafeFileHandle first = folder.OpenOrCreateFile("lock");
        using SafeFileHandle second = folder.OpenOrCreateFile("lock");

        Assert.True(_portable.TryLock(first));
        Assert.False(_portable.TryLock(second));
        Assert.False(_linux.TryLock(second));
        _portable.Unlock(first);
        Assert.True(_linux.TryLock(second));
        Assert.False(_portable.TryLock(first));
    }

    [Fact]
    public void A_move_replaces_files_and_links_and_empty_folders_alone()
    {
        Run("echo new > new; ln -s nowhere link; mkdir empty full; touch full/file");
        using FolderHandle folder = _portable.OpenFolder(_path);

        Assert.Equal(MoveOutcome.Done, folder.Replace("new", folder, "link"));
        Assert.Equal(MoveOutcome.Done, folder.Replace("link", folder, "empty"));
        Assert.Equal(MoveOutcome.FolderInTheWay, folder.Replace("empty", folder, "full"));
        Assert.False(folder.DeleteFolder("full"));
        Assert.Equal("new\n", File.ReadAllText(Path.Combine(_path, "empty")));
    }

    [Fact]
    public void What_another_disk_holds_is_not_moved_there()
    {
        Run("echo x > file");
        using FolderHandle folder = _portable.OpenFolder(_path);
        using FolderHandle memory = _portable.OpenFolder("/dev/shm");

        Assert.Equal(MoveOutcome.OtherDevice, folder.Move("file", memory, Path.GetFileName(_path)));
        Assert.True(File.Exists(Path.Combine(_path, "file")));
    }

    [Fact]
    public void The_time_of_a_link_is_its_own()
    {
        Run("echo x > file; ln -s file link");
        using FolderHandle folder = _portable.OpenFolder(_path);

        folder.SetLinkModified("link", 1_000_000_000_000_000_000);

        Assert.Equal(1_000_000_000_000_000_000, folder.Status("link")!.Value.ModifiedNanoseconds);
        Assert.NotEqual(1_000_000_000_000_000_000, folder.Status("file")!.Value.ModifiedNanoseconds);
    }

    [Fact]
    public void Every_name_is_listed_with_its_kind()
    {
        Run("touch file; mkdir folder; ln -s folder link; touch \"$(printf 'caf\\351')\"");
        using FolderHandle folder = _portable.OpenFolder(_path);
        var names = new List<string>();

        Assert.True(folder.List((raw, type) =>
        {
            FolderEntry entry = FolderHandle.Decode(raw);
            names.Add($"{entry.Name} {(type == FileType.Folder ? "folder" : "")}{(entry.IsUtf8 ? "" : "?")}");
            return true;
        }));

        Assert.Equal(["caf\\xff ?", "file ", "folder folder", "link "], names.Order(StringComparer.Ordinal));
        Assert.False(folder.List((_, _) => false));
        Run("rm -f caf*");
    }

    private void Run(string command)
    {
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}

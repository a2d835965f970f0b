using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

public sealed partial class LocalDiskTests : DiskConformance, IDisposable
{
    protected override IDisk Disk => LocalDisk.Instance;

    protected override string Folder { get; } = Directory.CreateTempSubdirectory("hutch-disk-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [Fact]
    public void New_files_and_folders_are_their_owners_only()
    {
        string folder = Path.Combine(Folder, "made");
        Write("a", "secret");
        Disk.CreateFolder(folder);

        using Process stat = Process.Start(new ProcessStartInfo("stat", ["--format=%a", Path.Combine(Folder, "a"), folder]) { RedirectStandardOutput = true })!;
        Assert.Equal("600\n700", stat.StandardOutput.ReadToEnd().Trim());
    }

    /// <summary>As a child of another thread has between fork and exec: it must not hold the lock after we let it go.</summary>
    [Fact]
    public void A_lock_ends_when_it_is_let_go_though_a_copy_of_its_descriptor_is_open()
    {
        string path = Path.Combine(Folder, "a");
        IDisposable held = Disk.Lock(path);
        string descriptor = Directory.GetFiles("/proc/self/fd").Single(fd => new FileInfo(fd).LinkTarget == path);
        using var copy = new SafeFileHandle(Duplicate(int.Parse(Path.GetFileName(descriptor), CultureInfo.InvariantCulture)), ownsHandle: true);

        Assert.Throws<DiskLockedException>(() => Disk.Lock(path));
        held.Dispose();

        Disk.Lock(path).Dispose();
        held.Dispose();
    }

    [Fact]
    public void A_lock_that_cannot_be_asked_for_is_not_called_taken()
    {
        Write("a", "");
        using SafeFileHandle handle = File.OpenHandle(Path.Combine(Folder, "a"));

        IOException e = Assert.Throws<IOException>(() => LocalDisk.TryLock(handle, "the file", kind: 0));

        Assert.Equal("Cannot lock 'the file': Invalid argument.", e.Message);
    }

    [Fact]
    public void New_folders_are_their_owners_only_and_the_facts_say_so()
    {
        Disk.CreateFolder(Path.Combine(Folder, "new"));
        Write("a", "secret");
        File.SetUnixFileMode(Path.Combine(Folder, "a"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        FileFacts folder = FileFacts.Read(Path.Combine(Folder, "new"))!.Value;
        FileFacts file = FileFacts.Read(Path.Combine(Folder, "a"))!.Value;

        Assert.Equal((FileFacts.CurrentUser, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, true), (folder.Owner, folder.Mode, folder.IsFolder));
        Assert.Equal((true, false), (file.IsOpenToOthers, file.IsFolder));
        Assert.Null(FileFacts.Read(Path.Combine(Folder, "none")));
    }

    [Fact]
    public void The_mount_of_a_folder_is_the_longest_above_it()
    {
        string[] table =
        [
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro",
            "40 22 0:30 / /srv rw,nosuid - xfs /dev/sdb1 rw,nobarrier",
            "41 40 0:31 / /srv/with\\040space ro - nfs4 server:/export rw,vers=4.2",
            "42 40 0:32 / /srv/a\\134b\\011c ro - fuse.hutch hutch:ada/data ro",
            "short line",
        ];

        Assert.Equal("/", MountFacts.Find(table, "/srvother/data")!.Point);
        Assert.Contains("nobarrier", MountFacts.Find(table, "/srv/hutch")!.Options);
        Assert.Equal(("/srv/with space", "nfs4", true), MountFacts.Find(table, "/srv/with space/x") is { } mount ? (mount.Point, mount.Kind, mount.Options.Contains("ro")) : default);
        Assert.Equal("fuse.hutch", MountFacts.Find(table, "/srv/a\\b\tc")!.Kind);
        Assert.Equal("/proc", MountFacts.Read("/proc/self")!.Point);
    }

    [Fact]
    public void The_kind_of_file_system_is_known_by_name()
    {
        DiskSpace proc = Disk.Space("/proc");
        DiskSpace here = Disk.Space(Folder);

        Assert.Equal("0x9fa0", proc.FileSystem);
        Assert.False(here.IsNetwork);
        Assert.Equal(new DriveInfo(Folder).TotalSize, here.TotalBytes);
    }

    [Fact]
    public void A_data_folder_is_locked_by_one_process_which_is_named_to_the_next()
    {
        using IDisposable held = DataFolderLock.Acquire(Disk, Folder, allowNetworkFileSystem: false);
        DataFolderLock.Sign(Disk, Folder, TimeProvider.System);

        DiskLockedException e = Assert.Throws<DiskLockedException>(() => DataFolderLock.Acquire(Disk, Folder, allowNetworkFileSystem: false));

        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", e.Message, StringComparison.Ordinal);
        Assert.Equal(e.Owner, DataFolderLock.FindHolder(Folder));
        Assert.Empty(DataFolderLock.DoorsOf(e.Owner!));
        DataFolderLock.Sign(Disk, Folder, TimeProvider.System, ("REST", new Uri("http://[::]:8470/")), ("S3", new Uri("https://127.0.0.1:8471/x")));
        string holder = DataFolderLock.FindHolder(Folder)!;
        Assert.EndsWith("), REST at http://[::]:8470, S3 at https://127.0.0.1:8471", holder, StringComparison.Ordinal);
        Assert.Equal([("REST", new Uri("http://[::]:8470/")), ("S3", new Uri("https://127.0.0.1:8471/"))], DataFolderLock.DoorsOf(holder));
        held.Dispose();
        Assert.Null(DataFolderLock.FindHolder(Folder));
        Assert.Contains("boot " + File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), e.Owner, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lock_holds_against_another_process_and_ends_with_its_owner()
    {
        string path = Path.Combine(Folder, "LOCK");
        File.WriteAllText(path, "a shell");
        var start = new ProcessStartInfo("flock", ["--exclusive", path, "sh", "-c", "echo ready; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process other = Process.Start(start)!;
        Assert.Equal("ready", other.StandardOutput.ReadLine());

        Assert.Throws<DiskLockedException>(() => Disk.Lock(path));

        other.StandardInput.Close();
        other.WaitForExit();
        Disk.Lock(path).Dispose();
    }

    [Fact]
    public void A_full_disk_is_distinguished_from_other_failures()
    {
        // /dev/full takes nothing: every write to it finds no space.
        using IDiskFile file = Disk.Open("/dev/full", DiskAccess.ReadWrite);

        DiskFullException e = Assert.Throws<DiskFullException>(() => file.Write("x"u8, 0));
        Assert.Equal("/dev/full", e.Path);
        Assert.Throws<DiskFullException>(() => file.Write([new byte[] { 1 }, new byte[] { 2 }], 0));
    }

    [Fact]
    public void Allocated_space_is_really_taken()
    {
        string path = Path.Combine(Folder, "a");
        using IDiskFile file = Disk.Open(path, DiskAccess.CreateNew);

        file.Allocate(1 << 20);

        using Process stat = Process.Start(new ProcessStartInfo("stat", ["--format=%b", path]) { RedirectStandardOutput = true })!;
        Assert.True(long.Parse(stat.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture) * 512 >= 1 << 20);
    }

    [Fact]
    public void A_copy_is_equal_whether_or_not_the_file_system_can_share_blocks()
    {
        byte[] content = new byte[300_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(Path.Combine(Folder, "a"), content);

        bool shared = FileClone.Copy(Path.Combine(Folder, "a"), Path.Combine(Folder, "b"));

        Assert.Equal(content, File.ReadAllBytes(Path.Combine(Folder, "b")));
        using SafeFileHandle from = File.OpenHandle(Path.Combine(Folder, "a"));
        using SafeFileHandle to = File.OpenHandle(Path.Combine(Folder, "c"), FileMode.CreateNew, FileAccess.Write);
        Assert.Equal(shared, FileClone.TryClone(from, to));
    }

    [Fact]
    public void A_sync_that_cannot_be_done_is_an_error()
    {
        // A pipe can be opened and written to but not synced.
        string path = Path.Combine(Folder, "pipe");
        using (Process make = Process.Start("mkfifo", path))
        {
            make.WaitForExit();
        }

        using IDiskFile file = Disk.Open(path, DiskAccess.ReadWrite);
        IOException e = Assert.ThrowsAny<IOException>(file.Sync);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }
}

using Hutch.Disk.Folders;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

public sealed class FolderNotificationsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-notify-").FullName;
    private readonly FolderNotifications _notifications = FolderNotifications.Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _notifications.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("a new file")]
    [InlineData("a file that grows")]
    [InlineData("a file that is removed")]
    [InlineData("a file that gets another name")]
    [InlineData("a new folder")]
    [InlineData("other permissions")]
    public async Task A_change_in_a_watched_folder_is_reported(string what)
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "1");
        int watch = Watch(_folder);

        Change(what, file);

        FolderSignals signals = await _notifications.WaitAsync(Ct);
        Assert.Equal([watch], signals.Watches);
        Assert.False(signals.HasLost);
    }

    [Fact]
    public async Task Each_folder_has_a_watch_of_its_own()
    {
        int[] watches = [.. Enumerable.Range(0, 300).Select(i => Watch(Directory.CreateDirectory(Path.Combine(_folder, $"{i}")).FullName))];

        File.WriteAllText(Path.Combine(_folder, "7", "x"), "1");

        Assert.Equal(300, watches.Distinct().Count());
        Assert.Equal([watches[7]], (await _notifications.WaitAsync(Ct)).Watches);
    }

    [Fact]
    public async Task Many_changes_are_reported_once()
    {
        int watch = Watch(_folder);
        for (int i = 0; i < 10_000; i++)
        {
            // Not cut first: a file system such as ext4 writes one that was cut to the disk when it is closed.
            using SafeFileHandle file = File.OpenHandle(Path.Combine(_folder, "file"), FileMode.OpenOrCreate, FileAccess.Write);
            RandomAccess.Write(file, "1"u8, 0);
        }

        Assert.Equal([watch], (await _notifications.WaitAsync(Ct)).Watches);
    }

    [Fact]
    public async Task Removing_a_watched_folder_is_reported_and_ends_its_watch()
    {
        string below = Directory.CreateDirectory(Path.Combine(_folder, "below")).FullName;
        int watch = Watch(below);

        Directory.Delete(below);

        Assert.Equal([watch], (await _notifications.WaitAsync(Ct)).Watches);
        _notifications.Unwatch(watch);
    }

    [Fact]
    public async Task Changes_in_a_folder_are_not_reported_after_its_watch_ends()
    {
        string below = Directory.CreateDirectory(Path.Combine(_folder, "below")).FullName;
        int watch = Watch(below);
        _notifications.Unwatch(watch);
        Assert.Equal([watch], (await _notifications.WaitAsync(Ct)).Watches);
        int other = Watch(_folder);

        File.WriteAllText(Path.Combine(below, "x"), "1");
        File.WriteAllText(Path.Combine(_folder, "x"), "1");

        Assert.Equal([other], (await _notifications.WaitAsync(Ct)).Watches);
    }

    [Fact]
    public void A_file_a_link_and_nothing_are_not_watched()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "1");
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), _folder);

        Assert.All(
            ["file", "link", "nothing"],
            name => Assert.Equal(WatchOutcome.NotThere, _notifications.TryWatch(Path.Combine(_folder, name), out _)));
    }

    private static void Change(string what, string file)
    {
        switch (what)
        {
            case "a new file": File.WriteAllText(file + "2", "1"); break;
            case "a file that grows": File.AppendAllText(file, "2"); break;
            case "a file that is removed": File.Delete(file); break;
            case "a file that gets another name": File.Move(file, file + "2"); break;
            case "a new folder": Directory.CreateDirectory(file + "2"); break;
            default: File.SetUnixFileMode(file, UnixFileMode.UserRead); break;
        }
    }

    private int Watch(string path)
    {
        Assert.Equal(WatchOutcome.Watched, _notifications.TryWatch(path, out int watch));
        return watch;
    }
}

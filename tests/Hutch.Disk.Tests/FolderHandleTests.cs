using System.Diagnostics;
using Hutch.Disk.Folders;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Disk.Tests;

public sealed class FolderHandleTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("hutch-handle-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Fact]
    public void A_name_can_be_written_when_it_is_there()
    {
        Directory.CreateDirectory(Path.Combine(_path, "inner"));
        using FolderHandle folder = FolderHandle.Open(_path);

        Assert.Equal((true, false), (folder.MayWrite("inner"), folder.MayWrite("missing")));
    }

    [Fact]
    public async Task A_pipe_that_replaces_a_file_at_any_moment_does_not_block_opening()
    {
        using FolderHandle folder = FolderHandle.Open(_path);
        File.WriteAllText(Path.Combine(_path, "file"), "x");
        using var pipe = Process.Start("mkfifo", Path.Combine(_path, "pipe"));
        await pipe.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        Task exchanging = Task.Run(() => Repeat(() => folder.TryExchange("file", "pipe"), stop.Token), TestContext.Current.CancellationToken);

        int opened = await Task.Run(() => CountOpened(folder), stop.Token).WaitAsync(TimeSpan.FromMinutes(5), stop.Token);
        await stop.CancelAsync();
        await exchanging;

        Assert.InRange(opened, 1, 50_000);
    }

    [Theory]
    [InlineData("ln -s /etc/passwd it")]
    [InlineData("mkdir it")]
    [InlineData("mkfifo it")]
    [InlineData("true")]
    public async Task Only_regular_files_are_opened(string make)
    {
        using var made = Process.Start(new ProcessStartInfo("sh", ["-c", make]) { WorkingDirectory = _path })!;
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        using FolderHandle folder = FolderHandle.Open(_path);

        Assert.Null(folder.TryOpenFile("it"));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-1, 999_999_999, -1)]
    [InlineData(9_223_372_036, 854_775_807, long.MaxValue)]
    [InlineData(9_223_372_036, 854_775_808, long.MaxValue)]
    [InlineData(10_413_792_000, 0, long.MaxValue)]
    [InlineData(-11_676_096_000, 0, long.MinValue)]
    public void A_time_beyond_64_bits_is_the_nearest_within(long seconds, long rest, long nanoseconds) =>
        Assert.Equal(nanoseconds, FileStatus.Nanoseconds(seconds, rest));

    private static void Repeat(Func<bool> act, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            act();
        }
    }

    private static int CountOpened(FolderHandle folder)
    {
        int opened = 0;
        for (int i = 0; i < 50_000; i++)
        {
            using SafeFileHandle? file = folder.TryOpenFile("file");
            opened += file is null ? 0 : 1;
        }

        return opened;
    }
}

using Hutch.Disk.Folders;
using Hutch.Testing;

namespace Hutch.Disk.Tests;

public sealed class FolderSignalTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_change_in_a_folder_below_ends_the_wait_and_one_in_the_ignored_folder_does_not()
    {
        Directory.CreateDirectory(_folder[".own"]);
        Directory.CreateDirectory(_folder["sub"]);
        using FolderSignal signal = FolderSignal.TryWatch(_folder.Path, ".own")!;
        using FolderSignal ofAll = FolderSignal.TryWatch(_folder.Path, ".none")!;
        Task<bool> waiting = signal.WaitAsync(Long, TimeProvider.System, Ct);

        _folder.Write(".own/a", "own");
        Assert.True(await ofAll.WaitAsync(Long, TimeProvider.System, Ct));
        Assert.False(waiting.IsCompleted);
        _folder.Write("sub/a", "alpha");

        Assert.True(await waiting);
    }

    [Fact]
    public void A_folder_that_is_not_there_has_no_signal() => Assert.Null(FolderSignal.TryWatch(_folder["none"], ".own"));
}

using Hutch.Client.Watching;
using Hutch.Client.Workspaces;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Portable.Tests;

/// <summary>A folder of an instrument, on each kind of disk.</summary>
public sealed class DiskWatchTests : DiskTest
{
    private const int MaxLooks = 8;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_watched_folder_is_sent_and_freed_and_a_file_that_another_program_locks_waits(string kind)
    {
        SimulatedDisk disk = On(kind);
        SkippingTime time = new();
        WatchOptions options = new() { RemovesSent = true };
        Folder.Write("epu/grid/a.tif", "alpha");
        Folder.Write("epu/locked.tif", "beta");
        using var workspace = Workspace.Create(
            Folder["epu"], new WorkspaceConfig { Remote = "http://127.0.0.1:1", Dataset = Server.Dataset, Watched = true }, time);
        using HutchClient client = Server.Connect();
        WatchEngine engine = new(client, workspace, options, Progress);
        disk.InUse.Add(Folder["epu/locked.tif"]);

        await LookAsync(2);
        WatchRound locked = await engine.RunAsync(Cancel);
        string[] first = [.. Server.Head.Keys];
        disk.InUse.Clear();
        await LookAsync(MaxLooks);

        Assert.Equal(["grid/a.tif"], first);
        Assert.Equal("'locked.tif' is open in another program; it is sent when it is closed.", Assert.Single(locked.Notes));
        Assert.Equal(("alpha", "beta"), (Server.Text("grid/a.tif"), Server.Text("locked.tif")));
        Assert.Empty(Directory.EnumerateFiles(Folder["epu"], "*.tif", SearchOption.AllDirectories));

        async Task LookAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                await engine.RunAsync(Cancel);
                await Task.Delay(options.QuietFor, time, Cancel);
            }
        }
    }
}

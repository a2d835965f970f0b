using Hutch.Disk;
using Hutch.Peers;

namespace Hutch.Bench.Agent;

/// <summary>A folder that is served to a mount by FUSE (rclone): what is written into it past the mount is like the work of another machine.</summary>
internal sealed class MountedFolder : IAsyncDisposable
{
    private readonly PeerProcess _rclone;

    private MountedFolder(PeerProcess rclone, string mount) => (_rclone, Mount) = (rclone, mount);

    /// <summary>The mount.</summary>
    public string Mount { get; }

    /// <summary>Mounts a folder.</summary>
    public static async Task<MountedFolder> MountAsync(string served, string mount, CancellationToken ct)
    {
        Directory.CreateDirectory(mount);
        PeerProcess rclone = await PeerProcess.StartAsync(
            "bash",
            [PeerProcess.WithParent, "rclone", "mount", $":local:{served}", mount, "--config", "/dev/null", "--dir-cache-time", "250ms", "--attr-timeout", "250ms", "--log-level", "EMERGENCY"],
            ct);
        await Poll.UntilAsync(() => MountFacts.Read(mount)?.Point == mount, TimeSpan.FromMilliseconds(20), ct);

        return new MountedFolder(rclone, mount);
    }

    public ValueTask DisposeAsync() => _rclone.DisposeAsync();
}

using System.Globalization;

namespace Hutch.Peers.Postgres;

/// <summary>
/// A disk of a few megabytes, in memory, mounted on a folder where only programs that are started inside of it see it. Needs no privileges: a
/// user and mount namespace that a process keeps alive for as long as this lives.
/// </summary>
public sealed class SmallDisk : IAsyncDisposable
{
    /// <summary>Who a program inside believes to be: PostgreSQL refuses to run as root.</summary>
    private const string User = "1000";

    private readonly PeerProcess _keeper;
    private readonly string _folder;

    private SmallDisk(PeerProcess keeper, string folder) => (_keeper, _folder) = (keeper, folder);

    /// <summary>What a command line begins with whose program is to be inside.</summary>
    public string[] Enter =>
    [
        "nsenter", "-t", KeeperId, "-U", "-m", "--preserve-credentials",
        "unshare", "-U", "--map-user=" + User, "--map-group=" + User, "setpriv", "--pdeathsig", "TERM",
    ];

    private string KeeperId => _keeper.Ids[0].ToString(CultureInfo.InvariantCulture);

    /// <summary>The disk as this process reaches it.</summary>
    private string Filler => $"/proc/{KeeperId}/root{_folder}/fill";

    /// <summary>Mounts an empty disk on a folder.</summary>
    public static async Task<SmallDisk> MountAsync(string folder, int megabytes, CancellationToken ct)
    {
        string script = string.Create(
            CultureInfo.InvariantCulture, $"mount -t tmpfs -o size={megabytes}m,mode=777 none \"$1\" && echo $$ && exec cat >/dev/null");
        return new SmallDisk(await PeerProcess.StartAsync("unshare", ["-rm", "bash", "-c", script, "disk", folder], ct), folder);
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        var zeros = new byte[4096];
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(zeros);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filler);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _keeper.DisposeAsync();
}

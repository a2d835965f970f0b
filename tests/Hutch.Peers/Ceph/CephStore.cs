using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Hutch.Peers.Ceph;

/// <summary>
/// Ceph's gateway from Debian, over a monitor and one store of its own: S3 as facilities run it. It takes half a minute to start, so a
/// project of tests shares one.
/// </summary>
public sealed class CephStore : IAsyncDisposable
{
    /// <summary>Starts it: see there.</summary>
    public static readonly string Script = InThisFolder("ceph.sh");

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-ceph-").FullName;
    private readonly Lazy<Task<PeerProcess>> _process;

    /// <summary>A gateway that is started when it is needed.</summary>
    public CephStore()
    {
        Port = LoopbackPort.FindFree();
        _process = new(() => PeerProcess.StartAsync(
            Script, [Path.Combine(_folder, "ceph"), Port.ToString(CultureInfo.InvariantCulture), AccessKey, SecretKey], CancellationToken.None));
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The key of its one user.</summary>
    public string AccessKey { get; } = "CEPHACCESS";

    /// <summary>The secret of that key.</summary>
    public string SecretKey { get; } = "ceph-secret";

    /// <summary>Returns when it answers.</summary>
    public Task ReadyAsync() => _process.Value;

    /// <summary>
    /// The process that holds the objects keeps its connections and does nothing until it is told to go on: requests to the gateway hang.
    /// </summary>
    public Task FreezeStoreAsync() => SignalStoreAsync("-STOP");

    /// <summary>It goes on where it was frozen.</summary>
    public Task ThawStoreAsync() => SignalStoreAsync("-CONT");

    /// <summary>Ends it, if it was started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            await (await _process.Value).DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // The script names the gateway first, then the store.
    private async Task SignalStoreAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, (await _process.Value).Ids[1].ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static string InThisFolder(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}

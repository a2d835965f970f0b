using System.Globalization;
using System.Net;
using Hutch.Peers;
using Hutch.Peers.Ceph;

namespace Hutch.Bench.S3;

/// <summary>Ceph's gateway from Debian.</summary>
internal static class CephGateway
{
    private const string Access = "BENCHACCESS";
    private const string Secret = "bench-secret";

    /// <summary>Starts it; null where it is not installed.</summary>
    public static async Task<(PeerProcess Process, S3Target Target)?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (!File.Exists("/usr/bin/radosgw"))
        {
            return null;
        }

        int port = LoopbackPort.FindFree();
        string folder = Path.Combine(context.Folder, "ceph");
        PeerProcess process = await PeerProcess.StartAsync(
            CephStore.Script, [folder, port.ToString(CultureInfo.InvariantCulture), Access, Secret], ct);
        return (process, new S3Target("ceph", new IPEndPoint(IPAddress.Loopback, port), (Access, Secret), process.Ids));
    }
}

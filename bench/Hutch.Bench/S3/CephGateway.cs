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

    /// <summary>Writes its key as servers of Hutch read one; returns the file.</summary>
    public static async Task<string> WriteKeyAsync(BenchmarkContext context, S3Target gateway, CancellationToken ct)
    {
        string key = Path.Combine(context.Folder, "bucket.key");
        await File.WriteAllTextAsync(key, $"aws_access_key_id = {gateway.Key!.Value.Access}\naws_secret_access_key = {gateway.Key.Value.Secret}\n", ct);
        await BenchmarkContext.RunProgramAsync("chmod", ["600", key], ct);
        return key;
    }
}

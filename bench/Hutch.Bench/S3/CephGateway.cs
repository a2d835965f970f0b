using System.Globalization;
using System.Net;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.S3;

/// <summary>Ceph's gateway from Debian: <c>bench/peers/ceph.sh</c> starts and stops it.</summary>
internal sealed class CephGateway(string script, string folder) : IAsyncDisposable
{
    private const string Access = "BENCHACCESS";
    private const string Secret = "bench-secret";
    private static readonly string[] Daemons = ["mon.a", "osd.0", "client.rgw"];

    /// <summary>Starts it; null where it is not installed.</summary>
    public static async Task<(CephGateway Gateway, S3Target Target)?> StartAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (!File.Exists("/usr/bin/radosgw"))
        {
            return null;
        }

        var gateway = new CephGateway(Path.Combine(context.PeersFolder, "ceph.sh"), Path.Combine(context.Folder, "ceph"));
        int port = LoopbackPort.FindFree();
        await BenchmarkContext.RunProgramAsync(
            gateway.Script, ["start", gateway.Folder, port.ToString(CultureInfo.InvariantCulture), Access, Secret], ct);
        int[] processes =
            [.. Daemons.Select(name => int.Parse(File.ReadAllText(Path.Combine(gateway.Folder, name + ".pid")), CultureInfo.InvariantCulture))];
        return (gateway, new S3Target("ceph", new IPEndPoint(IPAddress.Loopback, port), (Access, Secret), processes));
    }

    private string Script { get; } = script;

    private string Folder { get; } = folder;

    public async ValueTask DisposeAsync() => await BenchmarkContext.RunProgramAsync(Script, ["stop", Folder], CancellationToken.None);
}

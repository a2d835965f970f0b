using System.Globalization;
using System.Security.Cryptography;
using Hutch.Bench.S3;
using Hutch.Peers;

namespace Hutch.Bench.Engines;

/// <summary>The cost of a small durable write in a data folder over a bucket, with each kind of mirror, beside a plain folder and the bucket's own store.</summary>
internal sealed class BucketFolderBenchmark : IBenchmark
{
    private const string Bucket = "archive";

    private static readonly StoredObjects Small = new(4 << 10, 500);
    private static readonly int[] Connections = [1, 16];

    public string Name => "bucket";

    public string Description =>
        "PUT of 4 KiB into a data folder over a bucket of Ceph's gateway, with its mirror in the bucket, in a folder and without one, beside a plain folder and the gateway";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        if (await CephGateway.StartAsync(context, cancellationToken) is not var (gateway, ceph))
        {
            context.Report("Ceph's gateway is not installed.");
            return;
        }

        await using PeerProcess closing = gateway;
        ceph.CreateBucket();
        ceph.CreateBucket(Bucket);
        string key = await CephGateway.WriteKeyAsync(context, ceph, cancellationToken);
        var targets = new List<Target> { new("Ceph's gateway", ceph) };
        var doors = new List<HutchDoor>();
        try
        {
            foreach ((string name, string? mirror) in
                ((string, string?)[])[("plain folder", null), ("no mirror", "none"), ("mirror in a folder", MakeMirror(context)), ("mirror in the bucket", "bucket")])
            {
                string prefix = $"hutch-{doors.Count}/";
                (HutchDoor door, S3Target target) = await HutchDoor.StartAsync(
                    Path.Combine(context.Folder, $"server-{doors.Count}"), cancellationToken,
                    mirror is null ? [] : Settings(ceph, key, prefix, mirror));
                doors.Add(door);
                target.CreateBucket();
                targets.Add(new Target(name, target));
            }

            Measure(context, targets);
        }
        finally
        {
            foreach (HutchDoor door in doors)
            {
                await door.DisposeAsync();
            }
        }
    }

    private static void Measure(BenchmarkContext context, List<Target> targets)
    {
        byte[] body = RandomNumberGenerator.GetBytes(Small.Size);
        foreach (Target target in targets)
        {
            Small.Warm(target.Door, "PUT", body);
        }

        foreach (int connections in Connections)
        {
            var rates = targets.ToDictionary(static target => target, static _ => new List<LoadResult>());
            for (int round = 0; round < (context.IsQuick ? 1 : 5); round++)
            {
                foreach (Target target in round % 2 == 0 ? targets : Enumerable.Reverse(targets))
                {
                    rates[target].Add(
                        LoadDriver.Run(target.Door, Small.Requests(target.Door, "PUT"), body, connections, TimeSpan.FromSeconds(context.IsQuick ? 1 : 4)));
                }
            }

            double plain = BenchmarkContext.Median([.. rates[targets[1]].Select(static one => one.Rate)]);
            foreach (Target target in targets)
            {
                double rate = BenchmarkContext.Median([.. rates[target].Select(static one => one.Rate)]);
                double typical = BenchmarkContext.Median([.. rates[target].Select(static one => one.At(50))]);
                context.Report(string.Create(
                    CultureInfo.InvariantCulture,
                    $"PUT 4 KiB, {connections,2} connections, {target.Name,-20} {rate,6:0} /s, p50 {typical:0.00} ms; {rate / plain:0.00} x of the plain folder"));
            }
        }
    }

    private static string MakeMirror(BenchmarkContext context) => Directory.CreateDirectory(Path.Combine(context.Folder, "mirror")).FullName;

    private static string[] Settings(S3Target ceph, string key, string prefix, string mirror) =>
    [
        "--set", $"storage.bucket.address=s3://{ceph.Address}/{Bucket}", "--set", $"storage.bucket.prefix={prefix}",
        "--set", $"storage.bucket.keyFile={key}", "--set", $"storage.bucket.mirror={mirror}",
    ];

    private sealed record Target(string Name, S3Target Door);
}

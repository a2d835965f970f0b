using System.Globalization;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>No object is ever held in memory: what the server's process ever had is far below what was on its way through it at one moment.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const string Bucket = "memory";
    private const int Bodies = 12;
    private const int BodyBytes = 48 << 20;

    // The pool of payloads (128 MiB), what the runtime keeps for itself, buffers of connections.
    private const long MaxServerBytes = 448L << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_large_bodies_at_once_need_little_memory_in_both_directions()
    {
        await using S3Site site = await S3Site.StartAsync(Ct, ServerProcess.LivesLong);
        using AmazonS3Client client = site.Connect();
        await client.PutBucketAsync(Bucket, Ct);
        byte[] bytes = RandomNumberGenerator.GetBytes(BodyBytes);

        await PutAllAtOnceAsync(client, bytes);
        long afterPuts = await PeakAsync(site.Server);
        await GetAllAtOnceAsync(client);
        long afterGets = await PeakAsync(site.Server);

        output.WriteLine($"{Bodies} bodies of {BodyBytes >> 20} MiB at once: at most {afterPuts >> 20} MiB, with the reads {afterGets >> 20} MiB.");
        Assert.InRange(afterGets, 1, MaxServerBytes);
    }

    /// <summary>Half of each has come before the other half of any does.</summary>
    private static async Task PutAllAtOnceAsync(AmazonS3Client client, byte[] bytes)
    {
        HeldStream[] bodies = [.. Enumerable.Range(0, Bodies).Select(_ => new HeldStream(bytes, BodyBytes / 2))];
        Task<PutObjectResponse>[] puts =
        [
            .. bodies.Select((body, i) => client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = $"{i}", InputStream = body }, Ct)),
        ];
        await Task.WhenAll(bodies.Select(body => body.Reached)).WaitAsync(Ct);
        foreach (HeldStream body in bodies)
        {
            body.Release();
        }

        await Task.WhenAll(puts);
        foreach (HeldStream body in bodies)
        {
            await body.DisposeAsync();
        }
    }

    /// <summary>All have begun to come, to clients that do not go on, before the first is read to its end.</summary>
    private static async Task GetAllAtOnceAsync(AmazonS3Client client)
    {
        GetObjectResponse[] begun = await Task.WhenAll(Enumerable.Range(0, Bodies).Select(i => client.GetObjectAsync(Bucket, $"{i}", Ct)));
        foreach (GetObjectResponse one in begun)
        {
            using (one)
            {
                await one.ResponseStream.CopyToAsync(Stream.Null, Ct);
            }
        }
    }

    /// <summary>The most memory that the process ever had, as the system counts it.</summary>
    private static async Task<long> PeakAsync(ServerProcess server)
    {
        string[] status = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status", Ct);
        string line = status.Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}

using Hutch.Cluster.Tests.Histories;
using Hutch.Objects.Tests.Fakes;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// What clients see through both doors while servers are killed and replaced, PostgreSQL is stopped at once, and the bucket is away, slow or cuts
/// its answers: on a PostgreSQL of these tests' own.
/// </summary>
public sealed class KilledServersTests : IAsyncLifetime
{
    private const int Clients = 6;

    private static readonly string[] Files = ["small-1", "small-2", "large-1"];

    private readonly PostgresServer _postgres = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Files_are_registers_while_servers_are_killed_PostgreSQL_stops_and_the_bucket_fails(int seed)
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 3);
        var history = new RegisterHistory();
        var client = new DoorClient(servers, await servers.CreateAsync(0, "shared"), history);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] working =
        [
            .. Enumerable.Range(0, Clients).Select(
                number => Task.Run(() => WorkAsync(servers, client, number, new Random((seed * 100) + number), enough.Token), Ct)),
        ];

        await DisturbAsync(servers, new Random(seed));
        await enough.CancelAsync();
        await Task.WhenAll(working);

        foreach (string file in Files)
        {
            for (int server = 0; server < servers.Count; server++)
            {
                Assert.True(await client.ReadAsync(server, file), $"{file} at {server}");
                Assert.True(await client.ReadS3Async(server, file), $"{file} at {server} through S3");
            }
        }

        Assert.Empty(history.FindFaults());
        Assert.All(Files, file => Assert.InRange(history.Of(file).Count(static one => one is { IsWrite: true, Ended: < RegisterOperation.Never }), 5, int.MaxValue));
    }

    private static async Task WorkAsync(EqualServers servers, DoorClient client, int number, Random random, CancellationToken enough)
    {
        for (int i = 0; !enough.IsCancellationRequested; i++)
        {
            int server = random.Next(servers.Count);
            string file = Files[random.Next(Files.Length)];
            await (random.Next(4) switch
            {
                0 => client.ReadAsync(server, file),
                1 => client.ReadS3Async(server, file),
                2 => client.WriteAsync(server, file, $"{number}/{i}"),
                _ => client.WriteS3Async(server, file, $"{number}/{i}"),
            });

            // Clients of a server that is gone would do nothing else.
            await Task.Delay(random.Next(10), Ct);
        }
    }

    private async Task DisturbAsync(EqualServers servers, Random random)
    {
        var faults = new Random(random.Next());
        for (int round = 0; round < 3; round++)
        {
            servers.Objects.Fault = _ => Any(faults);
            await Task.Delay(random.Next(200, 600), Ct);
            await servers.KillAsync(random.Next(servers.Count), async () =>
            {
                // A server that starts refuses a bucket that does not work.
                await Task.Delay(random.Next(200, 600), Ct);
                servers.Objects.Fault = static _ => BucketFault.None;
            });
            servers.Objects.Fault = _ => Any(faults);
            await Task.Delay(random.Next(200, 600), Ct);
            await _postgres.StopAsync(immediate: true);
            await Task.Delay(random.Next(100, 500), Ct);
            await _postgres.StartAgainAsync(Ct);
            await Task.Delay(random.Next(200, 600), Ct);
            servers.Objects.Fault = static _ => BucketFault.SlowDown;
            await Task.Delay(random.Next(100, 400), Ct);
        }

        servers.Objects.Fault = static _ => BucketFault.None;
        await Task.Delay(500, Ct);
    }

    /// <summary>Mostly nothing; a request that is never answered now and then.</summary>
    private static BucketFault Any(Random random)
    {
        lock (random)
        {
            return random.Next(100) switch
            {
                < 6 => BucketFault.SlowDown,
                < 10 => BucketFault.InternalError,
                < 14 => BucketFault.LoseAnswer,
                < 18 => BucketFault.CutBody,
                < 20 => BucketFault.RefuseConnection,
                20 => BucketFault.Hang,
                _ => BucketFault.None,
            };
        }
    }
}

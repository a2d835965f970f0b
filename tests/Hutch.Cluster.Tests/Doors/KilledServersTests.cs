using Hutch.Peers.Postgres;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// What clients see through both doors while servers are killed and replaced, PostgreSQL is stopped at once, and the bucket is away, slow or cuts
/// its answers: on a PostgreSQL of these tests' own.
/// </summary>
public sealed class KilledServersTests : IAsyncLifetime
{
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
        string dataset = await servers.CreateAsync(0, "shared");

        await DisturbedDoors.CheckAsync(servers, dataset, seed, () => DisturbAsync(servers, new Random(seed)));
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

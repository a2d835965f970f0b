using Hutch.Testing.Histories;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// Clients that write and read the same few files at any server, through any door, while something goes wrong. In the end every server must
/// have the same, and all that was answered must be possible for files that change at one moment each.
/// </summary>
internal static class DisturbedDoors
{
    private const int Clients = 6;

    private static readonly string[] Files = ["small-1", "small-2", "large-1"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Runs the clients for as long as the disturbance takes, and judges what they saw.</summary>
    /// <param name="servers">The servers; their number stays as it is.</param>
    /// <param name="dataset">An empty dataset.</param>
    /// <param name="seed">What the clients choose.</param>
    /// <param name="disturbAsync">Does harm, and returns when all works again.</param>
    public static async Task CheckAsync(IServerDoors servers, string dataset, int seed, Func<Task> disturbAsync)
    {
        var history = new RegisterHistory();
        var client = new DoorClient(servers, dataset, history);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] working =
        [
            .. Enumerable.Range(0, Clients).Select(
                number => Task.Run(() => WorkAsync(servers, client, number, new Random((seed * 100) + number), enough.Token), Ct)),
        ];

        await disturbAsync();
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
        Assert.All(Files, file => Assert.InRange(history.From(file).Count(static one => one is { IsWrite: true, Ended: < RegisterOperation.Never }), 5, int.MaxValue));
    }

    private static async Task WorkAsync(IServerDoors servers, DoorClient client, int number, Random random, CancellationToken enough)
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
}

using System.Text;
using Hutch.Api.Tests.Contract;
using Hutch.Api.Tests.Support;
using Hutch.Storage.Payloads;

namespace Hutch.Api.Tests.Load;

/// <summary>
/// Clients that send and take a byte now and then, on purpose or by a bad network: nobody else notices. They are held open all the time, and
/// no clock is asked: an honest client either completes or waits for ever.
/// </summary>
public sealed class SlowClientTests
{
    private const int Slow = 64;
    private const int LargeBytes = 12 << 20;

    private static readonly ApiOptions HoweverSlowly = new() { StopSeconds = 1, MinUploadRate = 0, MinDownloadRate = 0, BodyIdleSeconds = 600, HeaderSeconds = 600 };

    [Theory]
    [InlineData(1)]
    [InlineData(Slow)]
    public async Task Slow_uploads_of_large_files_do_not_block_other_clients(int users)
    {
        await using TestServer server = await TestServer.StartAsync(HoweverSlowly);
        string[] sessions = new string[users];
        TestCaller[] callers = await UsersAsync(server, users, async (caller, i) => sessions[i] = await PushTests.StartAsync(caller, await caller.DatasetAsync("slow")));
        using var slow = new Clients();
        for (int i = 0; i < Slow; i++)
        {
            // Some hold a buffer for a hundred bytes, others for many.
            byte[] first = Blobs.Random(i, i % 2 == 0 ? 100 : 200_000);
            string path = $"sessions/{sessions[i % users]}/blobs/{i:x32}?size={LargeBytes}";
            slow.Add(await SlowClient.UploadAsync(server, callers[i % users], "PATCH", path, LargeBytes, first, "Upload-Offset: 0"));
        }

        await WorkBesideAsync(server, slow, client => client.SendAsync(new byte[] { 1 }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Slow)]
    public async Task Slow_streams_of_small_files_do_not_block_other_clients(int users)
    {
        await using TestServer server = await TestServer.StartAsync(HoweverSlowly);
        string[] sessions = new string[users];
        TestCaller[] callers = await UsersAsync(server, users, async (caller, i) => sessions[i] = await PushTests.StartAsync(caller, await caller.DatasetAsync("slow")));
        using var slow = new Clients();
        for (int i = 0; i < Slow; i++)
        {
            // One file came whole, of the next one a part.
            byte[] stream = await Blobs.Tar(Blobs.Random(i, 3000), Blobs.Random(i + Slow, 900_000)).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            slow.Add(await SlowClient.UploadAsync(
                server, callers[i % users], "POST", $"sessions/{sessions[i % users]}/blobs", stream.Length, stream.AsMemory(0, i % 2 == 0 ? 4000 : 300_000)));
        }

        await WorkBesideAsync(server, slow, client => client.SendAsync(new byte[] { 1 }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Slow)]
    public async Task Slow_downloads_of_large_files_do_not_block_other_clients(int users)
    {
        await using TestServer server = await TestServer.StartAsync(HoweverSlowly);
        string large = await server.Admin.DatasetAsync("large");
        byte[] content = Blobs.Random(1, LargeBytes);
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{large}/entries/big", new ByteArrayContent(content))).Must(201);
        (await server.Admin.PatchAsync($"datasets/{large}", new { visibility = "public" })).Must(200);
        TestCaller[] callers = await UsersAsync(server, users, static (_, _) => Task.CompletedTask);
        using var slow = new Clients();
        for (int i = 0; i < Slow; i++)
        {
            slow.Add(await SlowClient.DownloadAsync(server, callers[i % users], $"datasets/{large}/" + (i % 4 == 0 ? "archive.zip" : "entries/big")));
        }

        await WorkBesideAsync(server, slow, client => client.TakeAsync());
    }

    [Fact]
    public async Task A_thousand_slow_connections_are_kept_and_hold_little()
    {
        const int many = 1000;
        await using TestServer server = await TestServer.StartAsync(HoweverSlowly);
        TestCaller mallory = await server.UserAsync("mallory");
        string id = await mallory.DatasetAsync("slow");
        using var slow = new Clients();
        for (int i = 0; i < many; i++)
        {
            slow.Add(i % 2 == 0
                ? await SlowClient.ConnectAsync(server, "GET /api/v1/system HTTP/1.1\r\nX-")
                : await SlowClient.UploadAsync(server, mallory, "PUT", $"datasets/{id}/entries/f{i}", 1 << 20, new byte[10]));
        }

        await WorkBesideAsync(server, slow, client => client.SendAsync("1"u8.ToArray()));
        PayloadPool pool = server.Server.Site.Blobs.Pool;
        Assert.InRange(pool.LentBytes, 0, pool.CapacityBytes);
    }

    [Fact]
    public async Task What_came_slowly_while_others_needed_the_memory_is_what_was_sent()
    {
        await using TestServer server = await TestServer.StartAsync(HoweverSlowly, site: new() { Blobs = new() { PayloadPoolBytes = 16 << 20 } });
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("slow");
        string target = await ada.DatasetAsync("pushed");
        string session = await PushTests.StartAsync(ada, target);
        byte[] small = Blobs.Random(1, 700_000);
        byte[] large = Blobs.Random(2, 5_000_000);
        byte[] packed = Blobs.Random(3, 800_000);
        byte[] stream = await Blobs.Tar(Blobs.Random(4, 3000), packed).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        (SlowClient Client, byte[] Body)[] all =
        [
            (await SlowClient.UploadAsync(server, ada, "PUT", $"datasets/{id}/entries/small", small.Length, default), small),
            (await SlowClient.UploadAsync(server, ada, "PUT", $"datasets/{id}/entries/large", large.Length, default), large),
            (await SlowClient.UploadAsync(server, ada, "POST", $"sessions/{session}/blobs", stream.Length, default), stream),
            (await SlowClient.UploadAsync(server, ada, "PATCH", $"sessions/{session}/blobs/{Blobs.Hash(large)}?size={large.Length}", large.Length, default, "Upload-Offset: 0"), large),
        ];
        PayloadPool pool = server.Server.Site.Blobs.Pool;
        int[] stops = [0, 3, 2000, 5000, 200_000, 400_000, 650_000, int.MaxValue];
        for (int i = 1; i < stops.Length; i++)
        {
            foreach ((SlowClient client, byte[] body) in all)
            {
                await client.SendAsync(body.AsMemory(Math.Min(stops[i - 1], body.Length)..Math.Min(stops[i], body.Length)));
            }

            // Everything is asked for: it comes, since all that the slow ones hold is put away.
            using PayloadBuffer first = await pool.RentAsync(PayloadPool.MaxBufferBytes, TestContext.Current.CancellationToken);
            using PayloadBuffer second = await pool.RentAsync(PayloadPool.MaxBufferBytes, TestContext.Current.CancellationToken);
        }

        foreach ((SlowClient client, byte[] _) in all)
        {
            Assert.InRange(await client.StatusAsync(), 200, 204);
        }

        Assert.Equal(Blobs.Hash(small), Blobs.Hash((await ada.GetAsync($"datasets/{id}/entries/small")).Must(200).Bytes));
        Assert.Equal(Blobs.Hash(large), Blobs.Hash((await ada.GetAsync($"datasets/{id}/entries/large")).Must(200).Bytes));

        (await PushTests.CommitAsync(ada, session, null, PushTests.Put("packed", packed), PushTests.Put("pushed", large))).Must(200);
        Assert.Equal(Blobs.Hash(packed), Blobs.Hash((await ada.GetAsync($"datasets/{target}/entries/packed")).Must(200).Bytes));
        Assert.Equal(Blobs.Hash(large), Blobs.Hash((await ada.GetAsync($"datasets/{target}/entries/pushed")).Must(200).Bytes));
        Array.ForEach(all, one => one.Client.Dispose());
    }

    [Fact]
    public async Task Clients_that_are_too_slow_are_disconnected()
    {
        await using TestServer server = await TestServer.StartAsync(
            new ApiOptions { StopSeconds = 1, HeaderSeconds = 1, MinUploadRate = 1 << 20, MinDownloadRate = 1 << 20, SlowSeconds = 2 });
        string id = await server.Admin.DatasetAsync("slow");
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/big", new ByteArrayContent(Blobs.Random(1, LargeBytes)))).Must(201);
        using SlowClient head = await SlowClient.ConnectAsync(server, "GET /api/v1/system HTTP/1.1\r\nX-");
        using SlowClient body = await SlowClient.UploadAsync(server, server.Admin, "PUT", $"datasets/{id}/entries/f", 100_000, new byte[10]);
        using SlowClient answer = await SlowClient.DownloadAsync(server, server.Admin, $"datasets/{id}/entries/big");

        Assert.Contains("408", Encoding.UTF8.GetString(await head.RestAsync()));
        Assert.Contains("The request arrived too slowly", Encoding.UTF8.GetString(await body.RestAsync()));
        PayloadPool pool = server.Server.Site.Blobs.Pool;

        // Renting memory would succeed before the slow client is dropped, and the rest of its answer would be read: this polls.
        while (pool.LentBytes > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }

        Assert.InRange((await answer.RestAsync()).Length, 0, LargeBytes - 1);
    }

    /// <summary>Three times: everybody slow goes on by a byte, and an honest client does all that it does.</summary>
    private static async Task WorkBesideAsync(TestServer server, Clients slow, Func<SlowClient, Task> goOn)
    {
        TestCaller bob = await server.UserAsync("bob");
        string id = await bob.DatasetAsync("honest");
        for (int round = 0; round < 3; round++)
        {
            foreach (SlowClient client in slow.All)
            {
                await goOn(client);
            }

            byte[] large = Blobs.Random(1000 + round, 9_000_000);
            byte[] small = Encoding.UTF8.GetBytes($"content {round}");
            (await bob.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/small{round}", new ByteArrayContent(small))).Must(201);
            (await bob.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large{round}", new ByteArrayContent(large))).Must(201);
            Assert.Equal(small, (await bob.GetAsync($"datasets/{id}/entries/small{round}")).Must(200).Bytes);
            Assert.Equal(Blobs.Hash(large), Blobs.Hash((await bob.GetAsync($"datasets/{id}/entries/large{round}")).Must(200).Bytes));

            byte[] pushed = Blobs.Random(2000 + round, 9_000_000);
            string session = await PushTests.StartAsync(bob, await bob.DatasetAsync($"pushed{round}"));
            (await bob.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(Blobs.Random(round, 5000)))).Must(200);
            (await bob.SendAsync(
                HttpMethod.Patch, $"sessions/{session}/blobs/{Blobs.Hash(pushed)}?size={pushed.Length}", new ByteArrayContent(pushed), ("Upload-Offset", "0"))).Must(204);
            (await PushTests.CommitAsync(bob, session, null, PushTests.Put($"pushed{round}", pushed))).Must(200);
        }

        Assert.All(slow.All, client => Assert.True(client.IsOpen));
    }

    private static async Task<TestCaller[]> UsersAsync(TestServer server, int users, Func<TestCaller, int, Task> prepare)
    {
        var callers = new TestCaller[users];
        for (int i = 0; i < users; i++)
        {
            callers[i] = await server.UserAsync($"mallory{i}");
            await prepare(callers[i], i);
        }

        return callers;
    }

    private sealed class Clients : IDisposable
    {
        private readonly List<SlowClient> _all = [];

        public IReadOnlyList<SlowClient> All => _all;

        public void Add(SlowClient client) => _all.Add(client);

        public void Dispose() => _all.ForEach(client => client.Dispose());
    }
}

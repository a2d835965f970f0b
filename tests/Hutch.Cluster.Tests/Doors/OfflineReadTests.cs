using System.Net;
using System.Text;
using Hutch.Model;
using Hutch.Objects;
using Hutch.Objects.S3;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// While PostgreSQL is away, what never changes is read on by those who were allowed to read it before, for a limited time: on a PostgreSQL of
/// these tests' own.
/// </summary>
public sealed class OfflineReadTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private readonly PostgresServer _postgres = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task Without_PostgreSQL_earlier_readers_still_read_immutable_files_and_nothing_else()
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 1, maxOffline: Long);
        string closed = await FilledAsync(servers, "closed-one", isClosed: true);
        string open = await FilledAsync(servers, "open-one", isClosed: false);
        string unread = await FilledAsync(servers, "unread-one", isClosed: true);
        await servers.PostAsync(0, $"datasets/{open}/snapshots", new { });
        using S3ObjectStore bucket = servers.S3Of(0, "closed-one");
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f", $"{open}/entries/f", $"{open}/entries/f?at=1");
        string other = await servers.AddTokenAsync(0);
        Assert.Equal(HttpStatusCode.OK, await servers.StatusAsync(0, $"datasets/{closed}/entries/f", other));
        Assert.Equal("bytes", await ReadS3Async(bucket));

        await _postgres.StopAsync(immediate: true);

        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f", $"{closed}/entries/f?at=1", $"{open}/entries/f?at=1");
        Assert.Equal("bytes", await ReadS3Async(bucket));
        Assert.Equal(HttpStatusCode.OK, await servers.StatusAsync(0, $"datasets/{closed}/entries/f", other));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await servers.StatusAsync(0, $"datasets/{unread}/entries/f", other));
        await ExpectAsync(
            servers, HttpStatusCode.ServiceUnavailable,
            $"{open}/entries/f", $"{closed}/entries/g", $"{closed}/tree", closed, "", $"{closed}/entries/f?at=7");
        using HttpResponseMessage written = await servers.PutAsync(0, open, "f", "more");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, written.StatusCode);
        Assert.NotNull(written.Headers.RetryAfter);

        await _postgres.StartAgainAsync(Ct);
        await UntilAsync(async () => await StatusAsync(servers, $"{open}/entries/f") == HttpStatusCode.OK);
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f", $"{unread}/entries/f", $"{closed}/tree");
        await ExpectAsync(servers, HttpStatusCode.NotFound, $"{closed}/entries/g");
    }

    [Fact]
    public async Task Without_PostgreSQL_callers_without_earlier_access_are_refused()
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 1, maxOffline: Long);
        string closed = await FilledAsync(servers, "closed-one", isClosed: true);
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");
        string stranger = await servers.AddUserAsync(0, "eve");
        Assert.Equal(HttpStatusCode.NotFound, await servers.StatusAsync(0, $"datasets/{closed}/entries/f", stranger));
        Assert.Equal(HttpStatusCode.Unauthorized, await servers.StatusAsync(0, $"datasets/{closed}/entries/f", null));
        string unseen = await servers.AddUserAsync(0, "never-here");
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");

        await _postgres.StopAsync(immediate: true);

        foreach (string? token in (string?[])[stranger, unseen, null])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await servers.StatusAsync(0, $"datasets/{closed}/entries/f", token));
        }

        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_right_whose_end_the_server_has_heard_of_is_over(int revokedAt)
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 2, maxOffline: Long);
        string closed = await FilledAsync(servers, "closed-one", isClosed: true);
        string bob = await servers.AddUserAsync(0, "bob");
        string path = $"datasets/{closed}/entries/f";
        await servers.ShareAsync(0, closed, "bob", mayRead: true);
        Assert.Equal(HttpStatusCode.OK, await servers.StatusAsync(0, path, bob));
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");

        // From here on, no request checks bob's rights at the first server. It only learns that the zone has changed.
        long version = servers.ZoneVersionOf(0);
        await servers.ShareAsync(revokedAt, closed, "bob", mayRead: false);
        await UntilAsync(() => Task.FromResult(servers.ZoneVersionOf(0) > version));
        await _postgres.StopAsync(immediate: true);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await servers.StatusAsync(0, path, bob));
    }

    [Fact]
    public async Task A_right_that_was_taken_away_before_does_not_come_back_without_PostgreSQL()
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 1, maxOffline: Long);
        string closed = await FilledAsync(servers, "closed-one", isClosed: true);
        string bob = await servers.AddUserAsync(0, "bob");
        string path = $"datasets/{closed}/entries/f";
        await servers.ShareAsync(0, closed, "bob", mayRead: true);
        Assert.Equal(HttpStatusCode.OK, await servers.StatusAsync(0, path, bob));
        await servers.ShareAsync(0, closed, "bob", mayRead: false);
        Assert.Equal(HttpStatusCode.NotFound, await servers.StatusAsync(0, path, bob));
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");

        await _postgres.StopAsync(immediate: true);

        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await servers.StatusAsync(0, path, bob));
    }

    [Fact]
    public async Task After_the_time_nothing_is_given_out()
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 1, maxOffline: TimeSpan.FromSeconds(2));
        string closed = await FilledAsync(servers, "closed-one", isClosed: true);
        using S3ObjectStore bucket = servers.S3Of(0, "closed-one");
        Assert.Equal("bytes", await ReadS3Async(bucket));
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");

        await _postgres.StopAsync(immediate: true);

        await UntilAsync(async () => await StatusAsync(servers, $"{closed}/entries/f") == HttpStatusCode.ServiceUnavailable);
        await ExpectAsync(servers, HttpStatusCode.ServiceUnavailable, $"{closed}/entries/f");
        await UntilAsync(async () => await ReadS3Async(bucket) == "unavailable");
    }

    [Fact]
    public async Task Where_it_is_turned_off_nothing_is_given_out_without_PostgreSQL()
    {
        await using EqualServers servers = await EqualServers.StartAsync(_postgres, 1);
        string closed = await FilledAsync(servers, "closed-one", isClosed: true);
        await ExpectAsync(servers, HttpStatusCode.OK, $"{closed}/entries/f");

        await _postgres.StopAsync(immediate: true);

        await ExpectAsync(servers, HttpStatusCode.ServiceUnavailable, $"{closed}/entries/f");
    }

    private static async Task<string> FilledAsync(EqualServers servers, string name, bool isClosed)
    {
        string id = await servers.CreateAsync(0, name);
        (await servers.PutAsync(0, id, "f", "bytes")).Dispose();
        if (isClosed)
        {
            await servers.PostAsync(0, $"datasets/{id}/close", new { });
        }

        return id;
    }

    private static async Task ExpectAsync(EqualServers servers, HttpStatusCode expected, params string[] paths)
    {
        foreach (string path in paths)
        {
            Assert.Equal((path, expected), (path, await StatusAsync(servers, path)));
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(EqualServers servers, string path)
    {
        using HttpResponseMessage answer = await servers.GetAsync(0, $"datasets/{path}".TrimEnd('/'));
        return answer.StatusCode;
    }

    /// <summary>What an S3 client reads, or how it is refused.</summary>
    private static async Task<string> ReadS3Async(S3ObjectStore bucket)
    {
        var bytes = new byte[5];
        try
        {
            ObjectReadOutcome outcome = await bucket.ReadAsync("f", 0, bytes, bytes.Length, Ct);
            return outcome == ObjectReadOutcome.Read ? Encoding.UTF8.GetString(bytes) : $"{outcome}";
        }
        catch (HutchException e)
        {
            return e.Error.Code.Name;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        while (!await isTrue())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}

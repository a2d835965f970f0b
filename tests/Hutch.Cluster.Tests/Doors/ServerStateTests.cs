using System.Text.Json;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>What each server says of itself is seen at every server.</summary>
public sealed class ServerStateTests(PostgresServer postgres)
{
    /// <summary>Rows stay as a test writes them, and nobody waits for long.</summary>
    private static readonly ClusterOptions Still = TestServer.Options() with
    {
        Servers = new ServerOptions { BeatEvery = TimeSpan.FromHours(1), SilentAfter = TimeSpan.FromHours(2) },
        Calls = new CallOptions { AnswerWithin = TimeSpan.FromSeconds(1), RestAfterFailure = TimeSpan.Zero },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_server_lists_all_with_version_start_and_jobs_and_says_which_one_answers()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);

        foreach (int asked in new[] { 0, 1 })
        {
            JsonElement[] rows = await RowsAsync(servers, asked);

            Assert.Equal(2, rows.Length);
            Assert.All(rows, row => Assert.Equal("ok", row.GetProperty("state").GetString()));
            Assert.All(rows, row => Assert.Matches(@"^\d+\.\d+\.\d+$", row.GetProperty("version").GetString()));
            Assert.All(rows, row => Assert.True(row.GetProperty("started").GetDateTimeOffset() <= DateTimeOffset.UtcNow));
            Assert.All(rows, row => Assert.True(row.GetProperty("recordsBehind").GetInt64() >= 0));
            Assert.Equal(servers.IdOf(asked).ToString("N"), Assert.Single(rows, row => row.GetProperty("isThis").GetBoolean()).GetProperty("id").GetString());
        }
    }

    [Fact]
    public async Task Captures_and_work_of_all_servers_are_seen_at_each()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        string[] datasets = [await servers.CreateAsync(0, "one"), await servers.CreateAsync(0, "two")];
        await servers.CaptureAsync(0, datasets[0], "000001");
        await servers.CaptureAsync(0, datasets[1], "000001");
        await servers.CaptureAsync(1, datasets[1], "000002");

        foreach (int asked in new[] { 0, 1 })
        {
            JsonElement live = await RequestAsync(servers, asked, "live");

            Dictionary<string, long> entries = live.GetProperty("captures").EnumerateArray()
                .ToDictionary(one => one.GetProperty("dataset").GetString()!, one => one.GetProperty("entries").GetInt64());
            Assert.Equal((1L, 2L, 2), (entries[datasets[0]], entries[datasets[1]], entries.Count));
            Assert.Equal(3 * EqualServers.CaptureBytes, CapturedBytes(live));
            Assert.Equal(3 * EqualServers.CaptureBytes, CapturedBytes(await RequestAsync(servers, asked, "activity")));
        }

        Assert.Equal([2, 1], (await RowsAsync(servers, 1)).OrderByDescending(row => row.GetProperty("captures").GetInt32()).Select(row => row.GetProperty("captures").GetInt32()));
    }

    [Fact]
    public async Task An_answer_from_an_impostor_of_a_server_is_rejected_and_the_other_servers_are_shown()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, Still);
        const string Lie = """{"Version":"6.6.6","Started":"2020-01-01T00:00:00Z","Applied":0,"Watched":["/etc"],"Classes":[],"Captures":[]}""";
        await using var strange = new StrangeServer(
            StrangeServer.With($"HTTP/1.1 200 OK\nContent-Length: {Lie.Length}\nHutch-Proof: AAAA\n\n{Lie}"));
        servers.Database.Run($"UPDATE site_server SET address = '{strange.Address}' WHERE id = '{servers.IdOf(0)}'");

        JsonElement[] rows = await RowsAsync(servers, 1);
        JsonElement live = await RequestAsync(servers, 1, "live");

        JsonElement other = Assert.Single(rows, row => !row.GetProperty("isThis").GetBoolean());
        Assert.Equal("unreachable", other.GetProperty("state").GetString());
        Assert.False(other.TryGetProperty("version", out _));
        Assert.NotEmpty(other.GetProperty("trouble").GetString()!);
        Assert.Contains(live.GetProperty("problems").EnumerateArray(), one => one.GetProperty("kind").GetString() == "server-silent");
        Assert.NotEmpty(strange.Requests);
    }

    [Fact]
    public async Task A_user_that_is_not_an_operator_sees_no_servers_and_no_captures_of_other_users()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        string dataset = await servers.CreateAsync(0, "one");
        await servers.CaptureAsync(0, dataset, "000001");
        string token = await servers.AddUserAsync(1, "ada");

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, await servers.StatusAsync(1, "admin/engine", token));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await servers.StatusAsync(1, "../../between-servers/state", token));
        JsonElement live = JsonDocument.Parse(await servers.TextAsync(1, "live", token)).RootElement;
        Assert.Empty(live.GetProperty("captures").EnumerateArray());
        Assert.Empty(live.GetProperty("classes").EnumerateArray());
    }

    private static long CapturedBytes(JsonElement report) => Assert.Single(
        report.GetProperty("classes").EnumerateArray(), one => one.GetProperty("class").GetString() == "capture")
        .GetProperty("bytesWritten").GetInt64();

    private static async Task<JsonElement[]> RowsAsync(EqualServers servers, int asked) =>
        [.. (await RequestAsync(servers, asked, "admin/engine")).GetProperty("servers").EnumerateArray()];

    private static async Task<JsonElement> RequestAsync(EqualServers servers, int asked, string path)
    {
        using HttpResponseMessage answer = await servers.GetAsync(asked, path);
        string text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}

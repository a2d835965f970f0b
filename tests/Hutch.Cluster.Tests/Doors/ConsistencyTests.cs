using System.Net;
using System.Text.Json;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;
using Hutch.Testing.Histories;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>What clients see that ask now this server, now that one.</summary>
public sealed class ConsistencyTests(PostgresServer postgres)
{
    private const int Clients = 6;
    private const int Operations = 40;
    private const int Files = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 8)]
    public async Task Files_are_registers_whichever_server_is_asked_and_whichever_connection_breaks(int seed, int cutPercent)
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 3);
        string dataset = await servers.CreateAsync(0, "shared");
        var history = new RegisterHistory();
        CutAtRandom(servers, seed, cutPercent);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(
            client => Task.Run(() => WorkAsync(servers, dataset, history, client, new Random((seed * 100) + client)), Ct)));

        for (int server = 0; server < servers.Count; server++)
        {
            servers.ProxyOf(server).Decide = static _ => Cut.None;
        }

        for (int server = 0; server < servers.Count; server++)
        {
            foreach (string file in history.Keys.ToArray())
            {
                Assert.True(await ReadAsync(servers, server, dataset, history, file));
            }
        }

        Assert.Empty(history.FindFaults());
        Assert.InRange(history.Count, Clients * Operations / 2, int.MaxValue);
    }

    [Fact]
    public async Task What_one_server_answered_no_other_denies()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        for (int i = 0; i < 20; i++)
        {
            string dataset = await servers.CreateAsync(i % 2, $"dataset-{i}");
            using HttpResponseMessage list = await servers.GetAsync(1 - (i % 2), "datasets?limit=100");
            using HttpResponseMessage missing = await servers.GetAsync(1 - (i % 2), $"datasets/{dataset}/entries/f");
            using HttpResponseMessage put = await servers.PutAsync(1 - (i % 2), dataset, "f", "content");
            using HttpResponseMessage there = await servers.GetAsync(i % 2, $"datasets/{dataset}/entries/f");

            Assert.Contains(dataset, await list.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
            Assert.Contains("'f'", (await ProblemAsync(missing)).GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            Assert.Equal("content", await there.Content.ReadAsStringAsync(Ct));
        }
    }

    [Fact]
    public async Task A_server_that_cannot_ask_shows_nothing_old_and_is_alive()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2);
        string dataset = await servers.CreateAsync(0, "shared");
        servers.ProxyOf(1).Decide = static _ => Cut.Before;

        using HttpResponseMessage read = await servers.GetAsync(1, $"datasets/{dataset}");
        using HttpResponseMessage alive = await servers.GetAsync(1, "../../health/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.StatusCode);
        Assert.Contains("may be out of date", (await ProblemAsync(read)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    private static async Task WorkAsync(EqualServers servers, string dataset, RegisterHistory history, int client, Random random)
    {
        for (int i = 0; i < Operations; i++)
        {
            int server = random.Next(servers.Count);
            string file = $"file-{random.Next(Files)}";
            if (random.Next(2) == 0)
            {
                await ReadAsync(servers, server, dataset, history, file);
            }
            else
            {
                await WriteAsync(servers, server, dataset, history, file, $"{client}/{i}");
            }
        }
    }

    private static async Task<bool> ReadAsync(EqualServers servers, int server, string dataset, RegisterHistory history, string file)
    {
        long begun = history.Tick();
        using HttpResponseMessage answer = await servers.GetAsync(server, $"datasets/{dataset}/entries/{file}");
        string? content = answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Ct) : null;
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound)
        {
            history.NoteRead(file, content, begun);
            return true;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        return false;
    }

    private static async Task WriteAsync(
        EqualServers servers, int server, string dataset, RegisterHistory history, string file, string content)
    {
        long begun = history.Tick();
        using HttpResponseMessage answer = await servers.PutAsync(server, dataset, file, content);
        if (answer.IsSuccessStatusCode)
        {
            history.NoteWritten(file, content, begun);
            return;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        string code = (await ProblemAsync(answer)).GetProperty("code").GetString()!;
        if (code != "unavailable")
        {
            Assert.Equal("outcome-unknown", code);
            history.NoteUnknown(file, content, begun);
        }
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).RootElement;

    /// <summary>Cuts connections of the second and the third server, COMMIT above all.</summary>
    private static void CutAtRandom(EqualServers servers, int seed, int percent)
    {
        for (int server = 1; server < servers.Count; server++)
        {
            var random = new Random(seed + server);
            servers.ProxyOf(server).Decide = statement =>
            {
                lock (random)
                {
                    int chance = statement.StartsWith("COMMIT", StringComparison.Ordinal) ? 3 * percent : percent;
                    return random.Next(100) < chance ? (random.Next(2) == 0 ? Cut.Before : Cut.After) : Cut.None;
                }
            };
        }
    }
}

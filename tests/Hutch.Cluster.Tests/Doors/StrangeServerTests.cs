using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Peers.Postgres;

namespace Hutch.Cluster.Tests.Doors;

/// <summary>
/// Between two servers somebody else answers, or asks: nobody gets bytes without a ticket, and a client never gets other bytes, or fewer,
/// than those of the file.
/// </summary>
public sealed class StrangeServerTests(PostgresServer postgres)
{
    private const int Length = 100_000;

    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(Length);

    /// <summary>Rows stay as a test writes them, and nobody waits for long.</summary>
    private static readonly ClusterOptions Patient = TestServer.Options() with
    {
        Servers = new ServerOptions { BeatEvery = TimeSpan.FromHours(1), SilentAfter = TimeSpan.FromHours(2) },
        Calls = new CallOptions { AnswerWithin = TimeSpan.FromSeconds(1), RestAfterFailure = TimeSpan.Zero },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Dictionary<string, Func<Stream, CancellationToken, Task>> Answers => new()
    {
        { "the right length without a proof", StrangeServer.With($"HTTP/1.1 200 OK\nContent-Length: {Length}", Length) },
        { "a proof of its own", StrangeServer.With($"HTTP/1.1 200 OK\nContent-Length: {Length}\nHutch-Proof: AAAA", Length) },
        { "cut short", StrangeServer.With($"HTTP/1.1 200 OK\nContent-Length: {Length}\nHutch-Proof: AAAA", Length / 2) },
        { "short", StrangeServer.With($"HTTP/1.1 200 OK\nContent-Length: {Length / 2}\nHutch-Proof: AAAA", Length / 2) },
        { "short without a length", StrangeServer.With("HTTP/1.1 200 OK\nHutch-Proof: AAAA", Length / 2) },
        { "without end", StrangeServer.With("HTTP/1.1 200 OK\nHutch-Proof: AAAA", 10 * Length) },
        { "a refusal of its own", StrangeServer.With("HTTP/1.1 410 Gone\nContent-Length: 0") },
        { "no HTTP", StrangeServer.With("SSH-2.0-OpenSSH_9.2") },
        { "nothing", static (_, _) => Task.CompletedTask },
        { "silence", static (_, ct) => Task.Delay(Timeout.Infinite, ct) },
        {
            "half of it, and then silence",
            static async (stream, ct) =>
            {
                await StrangeServer.With($"HTTP/1.1 200 OK\nContent-Length: {Length}\nHutch-Proof: AAAA", Length / 2)(stream, ct);
                await Task.Delay(Timeout.Infinite, ct);
            }
        },
    };

    [Fact]
    public async Task Whatever_answers_in_place_of_a_server_the_client_gets_a_refusal_and_no_bytes()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, Patient);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Content);
        foreach ((string what, Func<Stream, CancellationToken, Task> answer) in Answers)
        {
            await using var strange = new StrangeServer(answer);
            servers.Database.Run($"UPDATE site_server SET address = '{strange.Address}' WHERE id = '{servers.IdOf(0)}'");

            using HttpResponseMessage got = await servers.GetAsync(1, $"datasets/{folder.Dataset}/entries/movie.mrc");

            string? words = (await got.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString();
            Assert.True(got.StatusCode == HttpStatusCode.ServiceUnavailable, what);
            Assert.StartsWith($"The server '{Environment.MachineName}' ", words, StringComparison.Ordinal);
            Assert.NotEmpty(strange.Requests);
        }
    }

    [Fact]
    public async Task A_redirection_to_another_address_is_not_followed()
    {
        await using var elsewhere = new StrangeServer(StrangeServer.With("HTTP/1.1 200 OK\nContent-Length: 0"));
        await using var strange = new StrangeServer(StrangeServer.With($"HTTP/1.1 307 Moved\nLocation: {elsewhere.Address}/\nContent-Length: 0"));
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, Patient);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Content);
        servers.Database.Run($"UPDATE site_server SET address = '{strange.Address}' WHERE id = '{servers.IdOf(0)}'");

        using HttpResponseMessage got = await servers.GetAsync(1, $"datasets/{folder.Dataset}/entries/movie.mrc");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, got.StatusCode);
        Assert.Single(strange.Requests);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_one_in_the_row_of_the_server_is_refused()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 2, Patient, https: "127.0.0.1:0");
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Content);
        using HttpResponseMessage before = await servers.GetAsync(1, $"datasets/{folder.Dataset}/entries/movie.mrc");
        servers.Database.Run($"UPDATE site_server SET fingerprint = 'SHA256:{new string('A', 64)}'");

        using HttpResponseMessage got = await servers.GetAsync(1, $"datasets/{folder.Dataset}/entries/movie.mrc");

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, got.StatusCode);
    }

    [Fact]
    public async Task A_ticket_that_was_overheard_is_good_for_its_one_question_at_its_one_server_once()
    {
        await using var strange = new StrangeServer(StrangeServer.With("HTTP/1.1 503 Later\nContent-Length: 0"));
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 3, Patient);
        await using OwnedFolder folder = await OwnedFolder.CreateAsync(servers, owner: 0);
        await folder.WriteAsync("movie.mrc", Content);
        servers.Database.Run($"UPDATE site_server SET address = '{strange.Address}' WHERE id = '{servers.IdOf(0)}'");
        using HttpResponseMessage got = await servers.GetAsync(1, $"datasets/{folder.Dataset}/entries/movie.mrc");
        string[] head = Assert.Single(strange.Requests).Split("\r\n");
        string question = head[0].Split(' ')[1];
        string ticket = head.First(static line => line.StartsWith("Authorization: ", StringComparison.Ordinal))["Authorization: ".Length..];

        HttpStatusCode[] refused =
        [
            await StatusAsync(servers, 0, question + "&more=1", ticket),
            await StatusAsync(servers, 0, question.Replace("offset=0", "offset=1", StringComparison.Ordinal), ticket),
            await StatusAsync(servers, 0, question, ticket, HttpMethod.Post),
            await StatusAsync(servers, 0, question, ticket[..^2]),
            await StatusAsync(servers, 2, question, ticket),
            await StatusAsync(servers, 0, "/api/v1/datasets", ticket),
        ];
        HttpStatusCode first = await StatusAsync(servers, 0, question, ticket);
        HttpStatusCode second = await StatusAsync(servers, 0, question, ticket);

        Assert.All(refused, static status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (first, second));
    }

    [Fact]
    public async Task A_person_gets_nothing_where_servers_ask_each_other()
    {
        await using EqualServers servers = await EqualServers.StartAsync(postgres, 1);
        using HttpClient ada = await servers.PersonAsync("ada");
        var question = new Uri(
            servers.AddressOf(0),
            $"between-servers/folder-bytes?dataset={Guid.NewGuid():N}&version={new string('a', 64)}&offset=0&length=1");

        using HttpResponseMessage answer = await ada.GetAsync(question, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Nothing was looked up", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(
        EqualServers servers, int server, string question, string ticket, HttpMethod? method = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(servers.AddressOf(server), question));
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(ticket);
        using HttpResponseMessage answer = await http.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}

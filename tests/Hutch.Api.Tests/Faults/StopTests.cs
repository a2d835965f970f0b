using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Api.Tests.Faults;

/// <summary>A stop, and clients that go away, in the middle of everything: what was answered is there, the rest wholly not, and no error is logged.</summary>
public sealed class StopTests : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { Timeout = TimeSpan.FromMinutes(1) };
    private readonly LogLines _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task An_upload_that_is_in_flight_when_the_server_stops_is_finished_and_answered()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiOptions { StopSeconds = 30 }, log: _log);
        string id = await server.Admin.DatasetAsync("stopped");
        byte[] content = Blobs.Random(1, 3 << 20);
        using var body = new HeldBody(content, 1 << 20);
        Task<HttpResponseMessage> upload = SendAsync(server, HttpMethod.Put, $"datasets/{id}/entries/file", body);
        await body.Begun;

        Task stop = server.StopAsync().AsTask();
        await StoppingAsync(server);
        body.LetGo();
        using HttpResponseMessage answer = await upload;
        await stop;

        Assert.Equal(201, (int)answer.StatusCode);
        await server.RestartAsync();
        Assert.Equal(content, (await server.Admin.GetAsync($"datasets/{id}/entries/file")).Must(200).Bytes);
        Assert.Empty(_log.Errors);
    }

    /// <summary>A program of tests that is told to end ends, instead of having each of its servers stop and its tests wait for them.</summary>
    [Fact]
    public async Task A_server_inside_another_program_leaves_its_signals_alone()
    {
        var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var program = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            taken.TrySetResult(signal.Cancel);
            signal.Cancel = true;
        });
        await using TestServer server = await TestServer.StartAsync();

        using Process kill = Process.Start("/bin/kill", ["-TERM", $"{Environment.ProcessId}"]);
        await kill.WaitForExitAsync(Ct);

        Assert.False(await taken.Task.WaitAsync(Ct));
        (await server.Admin.GetAsync("me")).Must(200);
    }

    [Fact]
    public async Task A_start_at_an_address_that_is_taken_is_refused_in_words_and_logs_no_trace()
    {
        await using TestServer server = await TestServer.StartAsync();
        string folder = Directory.CreateTempSubdirectory("hutch-taken-").FullName;
        try
        {
            ServeOptions options = TestServer.Options(folder, log: _log) with { HttpAddress = server.Address.Authority };

            HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => HutchServer.StartAsync(options, Ct));

            Assert.Contains($"{server.Address.Authority}: another program uses it", refusal.Message, StringComparison.Ordinal);
            Assert.Empty(_log.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_upload_that_does_not_end_is_cut_off_by_the_stop_and_leaves_nothing_under_its_name()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiOptions { StopSeconds = 0 }, log: _log);
        string id = await server.Admin.DatasetAsync("stopped");
        string push = (await server.Admin.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        byte[] content = Blobs.Random(1, 10 << 20);
        string key = $"sessions/{push}/blobs/{Blobs.Hash(content)}";
        using var put = new HeldBody(content, 5 << 20);
        using var patch = new HeldBody(content, 5 << 20);
        using var tar = new HeldBody(await Blobs.Tar(content).ReadAsByteArrayAsync(Ct), 5 << 20);
        Task<HttpResponseMessage>[] uploads =
        [
            SendAsync(server, HttpMethod.Put, $"datasets/{id}/entries/file", put),
            SendAsync(server, HttpMethod.Patch, $"{key}?size={content.Length}", patch, ("Upload-Offset", "0")),
            SendAsync(server, HttpMethod.Post, $"sessions/{push}/blobs", tar),
        ];
        await Task.WhenAll(put.Begun, patch.Begun, tar.Begun);

        await server.StopAsync();
        foreach (HeldBody body in (HeldBody[])[put, patch, tar])
        {
            body.LetGo();
        }

        foreach (Task<HttpResponseMessage> upload in uploads)
        {
            Assert.NotNull(await Record.ExceptionAsync(async () => (await upload).EnsureSuccessStatusCode()));
        }

        await server.RestartAsync();
        (await server.Admin.GetAsync($"datasets/{id}/entries/file")).MustRefuse(404, "not-found");
        int offset = int.Parse((await server.Admin.HeadAsync(key)).Must(204).Headers["Upload-Offset"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(offset, 0, 5 << 20);
        (await server.Admin.SendAsync(
            HttpMethod.Patch, $"{key}?size={content.Length}", new ByteArrayContent(content[offset..]), ("Upload-Offset", $"{offset}"))).Must(204);
        (await server.Admin.PostLinesAsync(
            $"sessions/{push}/commit",
            new { changes = 1 },
            new { op = "put", path = "file", kind = "file", hash = Blobs.Hash(content), size = content.Length })).Must(200);
        Assert.Equal(content, (await server.Admin.GetAsync($"datasets/{id}/entries/file")).Must(200).Bytes);
        Assert.Empty(_log.Errors);
    }

    [Fact]
    public async Task A_stream_of_events_ends_when_the_server_stops()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiOptions { StopSeconds = 30 }, log: _log);
        using HttpResponseMessage events = await server.Admin.OpenAsync("events");
        Assert.Equal(200, (int)events.StatusCode);
        Task<string> text = events.Content.ReadAsStringAsync(Ct);

        await server.StopAsync();

        Assert.StartsWith(": hutch\n\n", await text, StringComparison.Ordinal);
        Assert.Empty(_log.Errors);
    }

    [Fact]
    public async Task A_job_that_the_stop_ends_is_no_error()
    {
        var site = new SiteOptions { Scrub = new ScrubOptions { RateBytesPerSecond = 1 << 20 } };
        await using TestServer server = await TestServer.StartAsync(site: site, log: _log);
        string id = await server.Admin.DatasetAsync("scrubbed");
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/file", new ByteArrayContent(Blobs.Random(1, 30 << 20)))).Must(201);
        await server.RestartAsync();
        string job = (await server.Admin.PostAsync("jobs", new { kind = "scrub" })).Must(202).Json.GetProperty("id").GetString()!;

        MaintenanceJobs jobs = server.Server.Site.Jobs;
        await server.StopAsync();

        Assert.Equal("cancelled", (await jobs.ListAsync(Ct)).Value.Single(one => one.Id == Guid.Parse(job)).State);
        Assert.Empty(_log.Errors);
    }

    [Theory]
    [InlineData("PUT", "datasets/{0}/entries/file", "application/octet-stream")]
    [InlineData("PUT", "datasets/{0}/metadata", "application/json")]
    [InlineData("POST", "datasets/{0}/fetch", "application/x-ndjson")]
    [InlineData("POST", "sessions/{1}/blobs", "application/x-tar")]
    [InlineData("POST", "sessions/{1}/negotiate", "application/x-ndjson")]
    [InlineData("POST", "sessions/{1}/commit", "application/x-ndjson")]
    [InlineData("PATCH", "sessions/{1}/blobs/00112233445566778899aabbccddeeff?size=1000000", "application/octet-stream")]
    public async Task A_client_that_goes_away_in_the_middle_of_its_body_is_no_error(string method, string path, string contentType)
    {
        await using TestServer server = await TestServer.StartAsync(log: _log);
        string id = await server.Admin.DatasetAsync("left");
        string push = (await server.Admin.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        string target = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id, push);
        foreach (bool isAbrupt in (bool[])[true, false])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port, Ct);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"{method} /api/v1/{target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.Admin.Token}\r\nExpect: 100-continue\r\n"
                    + $"Upload-Offset: 0\r\nContent-Type: {contentType}\r\nContent-Length: 1000000\r\n\r\n"),
                Ct);
            var answer = new byte[1000];
            Assert.StartsWith("HTTP/1.1 100", Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, Ct)), StringComparison.Ordinal);
            await stream.WriteAsync(new byte[300], Ct);
            client.LingerState = new LingerOption(isAbrupt, 0);
        }

        await server.StopAsync();

        Assert.Empty(_log.Errors);
    }

    /// <summary>Ends when the server has begun to stop.</summary>
    private static async Task StoppingAsync(TestServer server)
    {
        var stopping = new TaskCompletionSource();
        using CancellationTokenRegistration registration = server.Server.Stopping.Register(stopping.SetResult);
        await stopping.Task.WaitAsync(Ct);
    }

    private Task<HttpResponseMessage> SendAsync(TestServer server, HttpMethod method, string path, HttpContent body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(server.Address, "/api/v1/" + path)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Admin.Token);
        request.Headers.ExpectContinue = true;
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return _http.SendAsync(request, Ct);
    }
}

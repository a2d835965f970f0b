using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Security;

/// <summary>A body may come for hours. Who may write when it begins and not when it ends has written nothing.</summary>
public sealed class LostRightTests : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { Timeout = TimeSpan.FromMinutes(1) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("right", 404)]
    [InlineData("account", 401)]
    [InlineData("token", 401)]
    public async Task An_upload_in_progress_is_refused_when_its_right_is_lost(string lost, int status)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller writer = await server.UserAsync("writer");
        string id = await owner.DatasetAsync("data");
        (await owner.PutJsonAsync($"datasets/{id}/grants/user:writer", new { right = "write" })).Must(200);
        string push = (await writer.PostAsync($"datasets/{id}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;
        byte[] content = Blobs.Random(1, 3000);
        (await writer.SendAsync(HttpMethod.Post, $"sessions/{push}/blobs", Blobs.Tar(content))).Must(200);
        byte[] header = Encoding.UTF8.GetBytes("{\"changes\":1}\n");
        byte[] change = JsonSerializer.SerializeToUtf8Bytes(new { op = "put", path = "pushed", kind = "file", hash = Blobs.Hash(content), size = content.Length });
        using var put = new HeldBody(content, 1000);
        using var commit = new HeldBody([.. header, .. change, (byte)'\n'], header.Length);
        commit.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        Task<HttpResponseMessage> putting = SendAsync(server, writer, HttpMethod.Put, $"datasets/{id}/entries/put", put);
        Task<HttpResponseMessage> committing = SendAsync(server, writer, HttpMethod.Post, $"sessions/{push}/commit", commit);
        await Task.WhenAll(put.Begun, commit.Begun);

        (lost switch
        {
            "right" => await owner.DeleteAsync($"datasets/{id}/grants/user:writer"),
            "account" => await server.Admin.PatchAsync("users/writer", new { disabled = true }),
            _ => await server.Admin.DeleteAsync("tokens/" + writer.Token!.Split('_')[2]),
        }).Must(lost == "account" ? 200 : 204);
        put.LetGo();
        commit.LetGo();

        using HttpResponseMessage putAnswer = await putting;
        using HttpResponseMessage commitAnswer = await committing;
        Assert.Equal((status, status), ((int)putAnswer.StatusCode, (int)commitAnswer.StatusCode));
        Assert.Empty((await owner.GetAsync($"datasets/{id}/tree")).Must(200).Json.GetProperty("items").EnumerateArray());
    }

    private async Task<HttpResponseMessage> SendAsync(TestServer server, TestCaller caller, HttpMethod method, string path, HttpContent body)
    {
        using var request = new HttpRequestMessage(method, new Uri(server.Address, "/api/v1/" + path)) { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Token);
        request.Headers.ExpectContinue = true;
        return await _http.SendAsync(request, Ct);
    }
}

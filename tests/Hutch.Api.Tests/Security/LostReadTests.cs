using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Security;

/// <summary>A download that is under way ends with the token, the account or the right of who gets it.</summary>
public sealed class LostReadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("token", "entries/large")]
    [InlineData("account", "entries/large")]
    [InlineData("right", "entries/large")]
    [InlineData("token", "archive.tar")]
    [InlineData("right", "archive.zip")]
    [InlineData("token", "fetch")]
    public async Task A_running_download_is_cut_when_its_reader_loses_access(string lost, string what)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller reader = await server.UserAsync("reader");
        string id = await owner.DatasetAsync("data");
        (await owner.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large", new ByteArrayContent(Blobs.Random(1, 64 << 20)))).Must(201);
        (await owner.PutJsonAsync($"datasets/{id}/grants/user:reader", new { right = "read" })).Must(200);
        using HttpResponseMessage answer = what == "fetch"
            ? await reader.OpenAsync(HttpMethod.Post, $"datasets/{id}/fetch", TestCaller.Lines(Blobs.Hash(Blobs.Random(1, 64 << 20))))
            : await reader.OpenAsync($"datasets/{id}/{what}");
        await using Stream body = await answer.Content.ReadAsStreamAsync(Ct);
        await body.ReadExactlyAsync(new byte[1 << 10], Ct);

        (lost switch
        {
            "account" => await server.Admin.PatchAsync("users/reader", new { disabled = true }),
            "right" => await owner.DeleteAsync($"datasets/{id}/grants/user:reader"),
            _ => await server.Admin.DeleteAsync("tokens/" + reader.Token!.Split('_')[2]),
        }).Must(lost == "account" ? 200 : 204);

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            // The server notices in its own time. Until then the file is read: too slowly to come to its end, and not so slowly that the server
            // gives up the connection for that.
            var some = new byte[8 << 10];
            while (await body.ReadAsync(some, Ct) > 0)
            {
                if (server.IsBusy("reader"))
                {
                    (await server.Nobody.GetAsync("/health/live")).Must(200);
                }
            }
        });
    }

    [Fact]
    public async Task A_download_continues_when_another_user_loses_a_token()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller owner = await server.UserAsync("owner");
        TestCaller other = await server.UserAsync("other");
        string id = await owner.DatasetAsync("data");
        (await owner.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/large", new ByteArrayContent(Blobs.Random(1, 16 << 20)))).Must(201);
        using HttpResponseMessage answer = await owner.OpenAsync($"datasets/{id}/entries/large");
        await using Stream body = await answer.Content.ReadAsStreamAsync(Ct);
        await body.ReadExactlyAsync(new byte[1 << 10], Ct);

        (await server.Admin.DeleteAsync("tokens/" + other.Token!.Split('_')[2])).Must(204);

        var rest = new MemoryStream();
        await body.CopyToAsync(rest, Ct);
        Assert.Equal((16 << 20) - (1 << 10), rest.Length);
    }
}

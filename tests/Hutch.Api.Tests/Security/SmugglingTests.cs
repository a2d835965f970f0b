using System.Net.Sockets;
using System.Text;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Security;

/// <summary>Requests of which a proxy before the server and the server itself could read different ends.</summary>
public sealed class SmugglingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")]
    [InlineData("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n")]
    public async Task A_body_with_two_lengths_is_refused_and_the_following_request_is_not_read(string lengths)
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        string id = await ada.DatasetAsync("data");
        string answers = await SendAsync(
            server,
            $"PUT /api/v1/datasets/{id}/entries/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.Token}\r\n{lengths}\r\n0\r\n\r\n"
            + "GET /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answers, StringComparison.Ordinal);
        Assert.Contains("both Content-Length and Transfer-Encoding", answers, StringComparison.Ordinal);
        Assert.Equal(1, answers.Split("HTTP/1.1 ").Length - 1);
        (await ada.GetAsync($"datasets/{id}/entries/x")).MustRefuse(404, "not-found");
    }

    /// <summary>A proxy does not know which path has which door: one path without the check would do for all.</summary>
    [Theory]
    [InlineData("/publications/")]
    [InlineData("/dav/ada/data/x")]
    [InlineData("/")]
    public async Task A_body_with_two_lengths_is_refused_at_every_path(string path)
    {
        await using TestServer server = await TestServer.StartAsync();

        string answers = await SendAsync(
            server,
            $"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + "GET /api/v1/ HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answers, StringComparison.Ordinal);
        Assert.Contains("both Content-Length and Transfer-Encoding", answers, StringComparison.Ordinal);
        Assert.Equal(1, answers.Split("HTTP/1.1 ").Length - 1);
    }

    /// <summary>Sends text on a connection, and returns all answers until the server closes it.</summary>
    private static async Task<string> SendAsync(TestServer server, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Ct);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Ct);
    }
}

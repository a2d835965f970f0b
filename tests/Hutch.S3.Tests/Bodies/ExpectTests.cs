using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Bodies;

/// <summary>Clients that wait for "100 Continue" before they send a body.</summary>
/// <remarks>Clients' case early-refusal.</remarks>
public sealed class ExpectTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_that_came_without_100_Continue_ends_the_connection_so_that_no_client_loses_its_place()
    {
        await using TestDoor door = await TestDoor.StartAsync();
        (await door.Admin.PutAsync("/box")).Must(200);

        Assert.Contains("Connection: close", await HeadOfAnswerAsync(door, "/box/empty", 0), StringComparison.Ordinal);
        Assert.Contains("Connection: close", await HeadOfAnswerAsync(door, "/nobox/x", 5), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 100 Continue", await HeadOfAnswerAsync(door, "/box/x", 5), StringComparison.Ordinal);
    }

    private static async Task<string> HeadOfAnswerAsync(TestDoor door, string target, int length)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(door.S3.Host, door.S3.Port, Ct);
        using HttpRequestMessage request = door.Admin.Sign("PUT", target, [], ("x-amz-content-sha256", SigV4.UnsignedPayload));
        string head = $"PUT {target} HTTP/1.1\r\nHost: {door.S3.Authority}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n"
            + string.Concat(request.Headers.Select(header => $"{header.Key}: {string.Join(',', header.Value)}\r\n")) + "\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Ct);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await socket.GetStream().ReadAsync(buffer, Ct);
            Assert.True(read > 0, $"The connection ended after: {answer}");
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}

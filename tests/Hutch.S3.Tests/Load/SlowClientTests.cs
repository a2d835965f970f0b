using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Errors;
using Hutch.S3.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Tests.Load;

/// <summary>Clients that begin to send or to take large objects and hardly go on: nobody else notices, while they are held open.</summary>
public sealed class SlowClientTests
{
    private const int Connections = 1000;

    private static readonly S3Options HoweverSlowly = new()
    {
        Address = "127.0.0.1:0",
        StopSeconds = 1,
        MinUploadRate = 0,
        MinDownloadRate = 0,
        BodyIdleSeconds = 600,
        HeaderSeconds = 600,
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 64)]
    [InlineData(8, Connections)]
    public async Task Slow_puts_part_uploads_and_gets_do_not_delay_other_requests(int users, int connections)
    {
        await using TestDoor door = await TestDoor.StartAsync(HoweverSlowly);
        S3Caller[] callers = new S3Caller[users];
        string[] uploads = new string[users];
        for (int i = 0; i < users; i++)
        {
            callers[i] = await door.UserAsync($"mallory{i}");
            (await callers[i].PutAsync($"/slow{i}")).Must(200);
            (await callers[i].PutAsync($"/slow{i}/big", RandomNumberGenerator.GetBytes(12 << 20))).Must(200);
            uploads[i] = (await callers[i].PostAsync($"/slow{i}/parts?uploads")).Must(200).First("UploadId")!;
        }

        var slow = new List<(Socket Socket, bool IsGet)>();
        try
        {
            for (int i = 0; i < connections; i++)
            {
                int user = i % users;
                byte[] first = RandomNumberGenerator.GetBytes(i % 2 == 0 ? 100 : 200_000);
                int kind = i / users % 3;
                Socket socket = kind switch
                {
                    0 => await SendAsync(door, callers[user], "PUT", $"/slow{user}/put{i}", 12 << 20, first),
                    1 => await SendAsync(door, callers[user], "PUT", $"/slow{user}/parts?partNumber={i + 1}&uploadId={uploads[user]}", 12 << 20, first),
                    _ => await SendAsync(door, callers[user], "GET", $"/slow{user}/big", 0, []),
                };
                slow.Add((socket, kind == 2));
            }

            await WorkAsync(door.Admin);
            Assert.All(slow, one => Assert.True(!one.Socket.Poll(0, SelectMode.SelectRead) || (one.IsGet && one.Socket.Available > 0)));
        }
        finally
        {
            slow.ForEach(one => one.Socket.Dispose());
        }
    }

    [Fact]
    public async Task A_thousand_connections_without_a_complete_request_delay_no_other_request_and_are_closed()
    {
        await using TestDoor door = await TestDoor.StartAsync(new S3Options { Address = "127.0.0.1:0", StopSeconds = 1, HeaderSeconds = 2 });
        var idle = new List<Socket>();
        try
        {
            for (int i = 0; i < Connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(door.S3.Host, door.S3.Port, Ct);
                await socket.SendAsync(Encoding.ASCII.GetBytes("GET /box/a HTTP/1.1\r\nHost: "), Ct);
            }

            await WorkAsync(door.Admin);
            var rest = new byte[1024];
            foreach (Socket socket in idle)
            {
                while (await socket.ReceiveAsync(rest, Ct) > 0)
                {
                    // What the server says before it closes.
                }
            }
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_stalled_body_is_refused_with_RequestTimeout_so_that_the_client_retries()
    {
        await using TestDoor door = await TestDoor.StartAsync(new S3Options { Address = "127.0.0.1:0", StopSeconds = 1, BodyIdleSeconds = 1 });
        (await door.Admin.PutAsync("/box")).Must(200);

        using Socket socket = await SendAsync(door, door.Admin, "PUT", "/box/a", 100, new byte[10]);
        string answer = "";
        for (var buffer = new byte[4096]; !answer.Contains("</Error>", StringComparison.Ordinal);)
        {
            answer += Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Ct));
        }

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("<Code>RequestTimeout</Code>", answer, StringComparison.Ordinal);
        (await door.Admin.GetAsync("/box/a")).MustRefuse(404, "NoSuchKey");
    }

    [Fact]
    public void A_body_that_comes_too_slowly_is_a_timeout_too() => Assert.Equal(
        S3ErrorCode.RequestTimeout, S3Errors.ToError(new BadHttpRequestException("Reading the request body timed out.", 408), out _).Code);

    private static async Task WorkAsync(S3Caller honest)
    {
        (await honest.PutAsync("/honest")).Must(200);
        byte[] large = RandomNumberGenerator.GetBytes(9_000_000);
        for (int round = 0; round < 3; round++)
        {
            (await honest.PutAsync("/honest/small", $"content {round}")).Must(200);
            Assert.Equal($"content {round}", (await honest.GetAsync("/honest/small")).Must(200).Text);
            (await honest.PutAsync("/honest/large", large)).Must(200);
            Assert.Equal(SHA256.HashData(large), SHA256.HashData((await honest.GetAsync("/honest/large")).Must(200).Body));
            string upload = (await honest.PostAsync("/honest/parts?uploads")).Must(200).First("UploadId")!;
            string tag = (await honest.PutAsync($"/honest/parts?partNumber=1&uploadId={upload}", large)).Must(200).ETag;
            (await honest.PostAsync(
                $"/honest/parts?uploadId={upload}",
                $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>")).Must(200);
        }
    }

    private static async Task<Socket> SendAsync(TestDoor door, S3Caller caller, string method, string target, long length, byte[] first)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(door.S3.Host, door.S3.Port, Ct);
        using HttpRequestMessage request = caller.Sign(method, target, null, ("x-amz-content-sha256", SigV4.UnsignedPayload));
        string head = $"{method} {target} HTTP/1.1\r\nHost: {door.S3.Authority}\r\n" + (length > 0 ? $"Content-Length: {length}\r\n" : "")
            + string.Concat(request.Headers.Select(header => $"{header.Key}: {string.Join(',', header.Value)}\r\n")) + "\r\n";
        for (ReadOnlyMemory<byte> rest = (byte[])[.. Encoding.ASCII.GetBytes(head), .. first]; !rest.IsEmpty;)
        {
            rest = rest[await socket.SendAsync(rest, Ct)..];
        }

        return socket;
    }
}

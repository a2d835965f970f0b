using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Bodies;

/// <summary>Bodies in chunks, signed and not, with trailers and broken in every way.</summary>
public sealed class StreamedBodyTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await Admin.PutAsync("/box")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(200_000)]
    [InlineData(2_500_000)]
    public async Task Signed_chunks_come_in(int size)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(size);

        (await SendAsync("/box/chunks", bytes, Signed)).Must(200);

        Assert.Equal(bytes, (await Admin.GetAsync("/box/chunks")).Must(200).Body);
    }

    [Fact]
    public async Task A_chunk_whose_signature_is_broken_stores_nothing()
    {
        foreach (int broken in (int[])[0, 1, 2])
        {
            S3Answer answer = await SendAsync("/box/broken", RandomNumberGenerator.GetBytes(100_000), new Framing { IsSigned = true, BrokenChunk = broken });

            answer.MustRefuse(403, "SignatureDoesNotMatch");
            (await Admin.GetAsync("/box/broken")).MustRefuse(404, "NoSuchKey");
        }
    }

    [Fact]
    public async Task Trailers_are_checked_signed_and_unsigned()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("123456789");
        string crc = Convert.ToBase64String(Convert.FromHexString("CBF43926"));

        S3Answer signed = (await SendAsync("/box/t", bytes, new Framing { IsSigned = true, Trailer = ("x-amz-checksum-crc32", crc) })).Must(200);
        S3Answer unsigned = (await SendAsync("/box/u", bytes, new Framing { Trailer = ("x-amz-checksum-crc32", crc) })).Must(200);

        Assert.Equal((crc, crc), (signed.Headers["x-amz-checksum-crc32"], unsigned.Headers["x-amz-checksum-crc32"]));
        (await SendAsync("/box/v", bytes, new Framing { Trailer = ("x-amz-checksum-crc32", "AAAAAA==") })).MustRefuse(400, "BadDigest");
        (await SendAsync("/box/v", bytes, new Framing { IsSigned = true, Trailer = ("x-amz-checksum-crc32", crc), BreakTrailer = true }))
            .MustRefuse(403, "SignatureDoesNotMatch");
        (await SendAsync("/box/v", bytes, new Framing { Trailer = ("x-amz-checksum-crc32", crc), LeavesTrailerOut = true })).MustRefuse(400, "BadDigest");
        (await SendAsync("/box/v", bytes, new Framing { Trailer = ("x-amz-checksum-nonsense", crc) })).MustRefuse(400, "InvalidRequest");
        (await Admin.GetAsync("/box/v")).MustRefuse(404, "NoSuchKey");
    }

    [Fact]
    public async Task The_signature_of_a_trailer_cannot_be_left_out()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("123456789");
        var framing = new Framing
        {
            IsSigned = true,
            Trailer = ("x-amz-checksum-crc32", Convert.ToBase64String(Convert.FromHexString("CBF43926"))),
            LeavesTrailerSignatureOut = true,
        };

        (await SendAsync("/box/v", bytes, framing)).MustRefuse(403, "SignatureDoesNotMatch");
        (await SendAsync("/box/v", bytes, framing with { LeavesTrailerOut = true })).MustRefuse(403, "SignatureDoesNotMatch");

        (await Admin.GetAsync("/box/v")).MustRefuse(404, "NoSuchKey");
    }

    [Theory]
    [InlineData("crc32", "y/Q5Jg==")]
    [InlineData("crc32c", "4waSgw==")]
    [InlineData("crc64nvme", "rosUhgp5mIg=")]
    [InlineData("sha1", "98O8HYCOBHMq32eZZczDTKeuNEE=")]
    [InlineData("sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=")]
    public async Task Each_checksum_may_come_behind_the_body(string name, string value)
    {
        byte[] bytes = Encoding.ASCII.GetBytes("123456789");

        S3Answer put = (await SendAsync($"/box/{name}", bytes, new Framing { Trailer = ($"x-amz-checksum-{name}", value) })).Must(200);

        Assert.Equal(value, put.Headers[$"x-amz-checksum-{name}"]);
        Assert.Equal(value, (await Admin.GetAsync($"/box/{name}", ("x-amz-checksum-mode", "ENABLED"))).Must(200).Headers[$"x-amz-checksum-{name}"]);
        string other = Convert.ToBase64String(new byte[Convert.FromBase64String(value).Length]);
        (await SendAsync("/box/other", bytes, new Framing { Trailer = ($"x-amz-checksum-{name}", other) })).MustRefuse(400, "BadDigest");
        (await Admin.GetAsync("/box/other")).MustRefuse(404, "NoSuchKey");
    }

    [Fact]
    public async Task Lengths_that_lie_are_found_out()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(1000);

        (await SendAsync("/box/l", bytes, new Framing { IsSigned = true, Announced = 999 })).MustRefuse(400, "IncompleteBody");
        (await SendAsync("/box/l", bytes, new Framing { IsSigned = true, Announced = 1001 })).MustRefuse(400, "IncompleteBody");
        (await SendAsync("/box/l", bytes, new Framing { IsSigned = true, Cut = 40 })).MustRefuse(400, "IncompleteBody");
        (await SendAsync("/box/l", bytes, new Framing { Trailer = ("x-amz-checksum-crc32", "AAAAAA=="), Cut = 5 })).MustRefuse(400, "IncompleteBody");
        (await Admin.PutAsync("/box/l", "x", ("x-amz-content-sha256", SigV4.SignedChunks))).MustRefuse(411, "MissingContentLength");
        (await Admin.GetAsync("/box/l")).MustRefuse(404, "NoSuchKey");
    }

    [Fact]
    public async Task Bodies_pass_through_the_memory_that_the_server_has_for_connections()
    {
        var memory = new CountingMemory();
        await using TestDoor door = await TestDoor.StartAsync(memory: memory);
        (await door.Admin.PutAsync("/box")).Must(200);
        int before = memory.Taken;

        (await door.Admin.PutAsync("/box/a", new byte[1 << 20])).Must(200);

        Assert.InRange(memory.Taken - before, 1 << 7, 1 << 11);
    }

    [Fact]
    public async Task A_body_without_length_comes_in()
    {
        using HttpRequestMessage request = Admin.Sign("PUT", "/box/nolength", [], ("x-amz-content-sha256", SigV4.UnsignedPayload));
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_000);
        request.Content = new StreamContent(new MemoryStream(bytes));
        request.Headers.TransferEncodingChunked = true;
        request.Headers.ExpectContinue = true;

        (await Admin.SendAsync(request)).Must(200);

        Assert.Equal(bytes, (await Admin.GetAsync("/box/nolength")).Body);
    }

    [Fact]
    public async Task More_than_five_gibibytes_are_refused_before_they_come()
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(_door.S3.Host, _door.S3.Port, TestContext.Current.CancellationToken);
        using HttpRequestMessage request = Admin.Sign("PUT", "/box/huge", [], ("x-amz-content-sha256", SigV4.UnsignedPayload));
        string head = $"PUT /box/huge HTTP/1.1\r\nHost: {_door.S3.Authority}\r\nContent-Length: 6000000000\r\nExpect: 100-continue\r\n"
            + string.Concat(request.Headers.Select(header => $"{header.Key}: {string.Join(',', header.Value)}\r\n")) + "\r\n";

        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());

        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Connections_that_break_during_a_body_leave_no_object_and_other_requests_succeed()
    {
        for (int i = 0; i < 20; i++)
        {
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync(_door.S3.Host, _door.S3.Port, TestContext.Current.CancellationToken);
            using HttpRequestMessage request = Admin.Sign("PUT", "/box/broken", [], ("x-amz-content-sha256", SigV4.UnsignedPayload));
            string head = $"PUT /box/broken HTTP/1.1\r\nHost: {_door.S3.Authority}\r\nContent-Length: 5000000\r\n"
                + string.Concat(request.Headers.Select(header => $"{header.Key}: {string.Join(',', header.Value)}\r\n")) + "\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(new byte[1_000_000], TestContext.Current.CancellationToken);
        }

        (await Admin.PutAsync("/box/other", "x")).Must(200);
        (await Admin.GetAsync("/box/broken")).MustRefuse(404, "NoSuchKey");
    }

    private static Framing Signed => new() { IsSigned = true };

    private async Task<S3Answer> SendAsync(string target, byte[] bytes, Framing framing)
    {
        string payload = !framing.IsSigned ? SigV4.UnsignedChunksWithTrailer : framing.Trailer is null ? SigV4.SignedChunks : SigV4.SignedChunksWithTrailer;
        string time = Admin.Now.UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>
        {
            ["x-amz-content-sha256"] = payload,
            ["x-amz-date"] = time,
            ["x-amz-decoded-content-length"] = (framing.Announced ?? bytes.Length).ToString(CultureInfo.InvariantCulture),
        };
        if (framing.Trailer is { } trailer)
        {
            headers["x-amz-trailer"] = trailer.Name;
        }

        string seed = Admin.Signature("PUT", target, headers, time, out string signedHeaders);
        string scope = SigV4.Scope(time[..8], "us-east-1", SigV4.S3);
        using HttpRequestMessage request = Admin.Request("PUT", target);
        byte[] body = framing.Write(bytes, Admin.SigningKey(time[..8]), time, scope, seed);
        request.Content = new ByteArrayContent(body[..^framing.Cut]);
        request.Content.Headers.ContentEncoding.Add("aws-chunked");
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{SigV4.Algorithm} Credential={Admin.AccessKey}/{scope}, SignedHeaders={signedHeaders}, Signature={seed}");
        return await Admin.SendAsync(request);
    }

    /// <summary>How a body is framed, and what is wrong with it.</summary>
    private sealed record Framing
    {
        private const int ChunkBytes = 65_536;

        public bool IsSigned { get; init; }

        public (string Name, string Value)? Trailer { get; init; }

        public long? Announced { get; init; }

        public int? BrokenChunk { get; init; }

        public bool BreakTrailer { get; init; }

        public bool LeavesTrailerOut { get; init; }

        public bool LeavesTrailerSignatureOut { get; init; }

        public int Cut { get; init; }

        public byte[] Write(byte[] bytes, byte[] key, string time, string scope, string seed)
        {
            var body = new MemoryStream();
            string previous = seed;
            int index = 0;
            for (int at = 0; at <= bytes.Length; at += ChunkBytes)
            {
                byte[] chunk = bytes[at..Math.Min(bytes.Length, at + ChunkBytes)];
                if (chunk.Length > 0)
                {
                    WriteChunk(body, chunk, key, time, scope, ref previous, index++);
                }
            }

            WriteChunk(body, [], key, time, scope, ref previous, index);
            if (Trailer is { } trailer && !LeavesTrailerOut)
            {
                Add(body, $"{trailer.Name}:{trailer.Value}\r\n");
                if (IsSigned && !LeavesTrailerSignatureOut)
                {
                    string signature = SigV4.Sign(key, SigV4.TrailerToSign(time, scope, previous, SigV4.HashHex($"{trailer.Name}:{trailer.Value}\n")));
                    Add(body, $"x-amz-trailer-signature:{(BreakTrailer ? new string('0', 64) : signature)}\r\n");
                }
            }

            Add(body, "\r\n");
            return body.ToArray();
        }

        private void WriteChunk(MemoryStream body, byte[] chunk, byte[] key, string time, string scope, ref string previous, int index)
        {
            previous = SigV4.Sign(key, SigV4.ChunkToSign(time, scope, previous, Convert.ToHexStringLower(SHA256.HashData(chunk))));
            string shown = index == BrokenChunk ? new string('a', 64) : previous;
            Add(body, IsSigned ? $"{chunk.Length:x};chunk-signature={shown}\r\n" : $"{chunk.Length:x}\r\n");
            body.Write(chunk);
            if (chunk.Length > 0)
            {
                Add(body, "\r\n");
            }
        }

        private static void Add(MemoryStream body, string text) => body.Write(Encoding.ASCII.GetBytes(text));
    }
}

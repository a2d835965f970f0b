using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Checksums;
using Hutch.S3.Tests.Support;
using Hutch.Site.Life.Maintenance;

namespace Hutch.S3.Tests.Bodies;

/// <summary>Uploads that go wrong in every way: nothing becomes visible, and memory and disk are what they were.</summary>
public sealed class LeakTests : IAsyncLifetime
{
    private const int LargeBytes = 24 << 20;
    private const int MaxLooks = 1000;

    private static readonly byte[] Large = RandomNumberGenerator.GetBytes(LargeBytes);

    private TestDoor _door = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await TestDoor.StartAsync();
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/kept", "kept")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_leaves_nothing()
    {
        string upload = await StartAsync();
        foreach (string target in (string[])["/box/gone", $"/box/parts?partNumber=1&uploadId={upload}"])
        {
            using Socket socket = await RawRequest.Signed(_door, "PUT", target, SigV4.UnsignedPayload).With(LargeBytes).BeginAsync(Large[..(LargeBytes / 2)]);
        }

        await MustLeaveNothingAsync(upload, atLeast: 1);
    }

    [Fact]
    public async Task A_chunk_with_a_wrong_signature_in_the_middle_leaves_nothing()
    {
        string upload = await StartAsync();
        foreach (string target in (string[])["/box/gone", $"/box/parts?partNumber=1&uploadId={upload}"])
        {
            (await ChunksAsync(target, broken: 20 << 20)).MustRefuse(403, "SignatureDoesNotMatch");
        }

        await MustLeaveNothingAsync(upload, atLeast: 2 * (16 << 20));
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    [InlineData("MD5")]
    [InlineData("x-amz-content-sha256")]
    public async Task A_checksum_that_does_not_hold_leaves_nothing(string name)
    {
        string upload = await StartAsync();
        byte[] other = RandomNumberGenerator.GetBytes(LargeBytes);
        (string, string) header = name switch
        {
            "MD5" => ("Content-MD5", Convert.ToBase64String(other[..16])),
            "x-amz-content-sha256" => (name, Convert.ToHexStringLower(SHA256.HashData(other))),
            _ => Checksum(name, other),
        };
        foreach (string target in (string[])["/box/gone", $"/box/parts?partNumber=1&uploadId={upload}"])
        {
            (await Admin.PutAsync(target, Large, header)).MustRefuse(400, name == "x-amz-content-sha256" ? "XAmzContentSHA256Mismatch" : "BadDigest");
        }

        await MustLeaveNothingAsync(upload, atLeast: 2 * LargeBytes);
    }

    [Fact]
    public async Task An_upload_that_was_given_up_leaves_nothing()
    {
        string upload = await StartAsync();
        (await Admin.PutAsync($"/box/parts?partNumber=1&uploadId={upload}", Large)).Must(200);
        (await Admin.PutAsync($"/box/parts?partNumber=1&uploadId={upload}", Large)).Must(200);
        (await Admin.PutAsync($"/box/parts?partNumber=7&uploadId={upload}", "x")).Must(200);
        (await Admin.DeleteAsync($"/box/parts?uploadId={upload}")).Must(204);

        await MustLeaveNothingAsync(await StartAsync(), atLeast: 2 * LargeBytes);
    }

    private static (string, string) Checksum(string name, byte[] bytes)
    {
        Assert.True(ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm));
        using BodyDigest digest = algorithm.Begin();
        digest.Append(bytes);
        return (algorithm.HeaderName, Convert.ToBase64String(digest.Finish()));
    }

    private async Task<string> StartAsync() => (await Admin.PostAsync("/box/parts?uploads")).Must(200).First("UploadId")!;

    /// <summary>Nothing is to be seen, no memory is lent, and a collection, which waits for whatever still goes on, frees what was written.</summary>
    private async Task MustLeaveNothingAsync(string upload, long atLeast)
    {
        Assert.Equal(["kept"], (await Admin.GetAsync("/box?list-type=2")).Must(200).All("Key"));
        Assert.Empty((await Admin.GetAsync($"/box/parts?uploadId={upload}")).Must(200).All("PartNumber"));
        Assert.Equal([upload], (await Admin.GetAsync("/box?uploads")).Must(200).All("UploadId"));
        for (int i = 0; i < MaxLooks && _door.Site.Blobs.Pool.LentBytes > 0; i++)
        {
            // What a broken connection held is given back a moment later.
            (await Admin.GetAsync("/box/kept")).Must(200);
        }

        Assert.Equal(0, _door.Site.Blobs.Pool.LentBytes);
        CollectionReport first = await _door.Site.Collector.CollectAsync(Ct);
        CollectionReport second = await _door.Site.Collector.CollectAsync(Ct);
        Assert.True(first.FreedBytes + second.FreedBytes >= atLeast, $"{first}, {second}");
        Assert.InRange(_door.StoredBytes, 0, 1 << 20);
        Assert.Equal("kept", (await Admin.GetAsync("/box/kept")).Must(200).Text);
    }

    /// <summary>A body in signed chunks of 64 KiB, the signature of one of which is wrong.</summary>
    private async Task<S3Answer> ChunksAsync(string target, int broken)
    {
        using HttpRequestMessage request = Admin.Sign(
            "PUT", target, [], ("x-amz-content-sha256", SigV4.SignedChunks), ("x-amz-decoded-content-length", LargeBytes.ToString(CultureInfo.InvariantCulture)));
        string time = request.Headers.GetValues("x-amz-date").Single();
        string scope = SigV4.Scope(time[..8], "us-east-1", SigV4.S3);
        string previous = request.Headers.GetValues("Authorization").Single().Split("Signature=")[1];
        byte[] key = Admin.SigningKey(time[..8]);
        var body = new MemoryStream();
        for (int at = 0; at <= LargeBytes; at += 65_536)
        {
            byte[] chunk = Large[at..Math.Min(LargeBytes, at + 65_536)];
            previous = SigV4.Sign(key, SigV4.ChunkToSign(time, scope, previous, Convert.ToHexStringLower(SHA256.HashData(chunk))));
            body.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x};chunk-signature={(at == broken ? new string('a', 64) : previous)}\r\n"));
            body.Write(chunk);
            body.Write("\r\n"u8);
        }

        request.Content = new ByteArrayContent(body.ToArray());
        request.Content.Headers.ContentEncoding.Add("aws-chunked");
        return await Admin.SendAsync(request);
    }
}

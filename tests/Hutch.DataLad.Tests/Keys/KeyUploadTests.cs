using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Keys;

/// <summary>The content of a key comes in parts: what came stays, and nothing is held before all of it was checked.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class KeyUploadTests
{
    private const int Size = 20 << 20;
    private const int Half = 12 << 20;

    private static readonly byte[] Content = Random();

    private static readonly string Md5Key = $"MD5E-s{Size}--{Convert.ToHexStringLower(MD5.HashData(Content))}.bin";
    private static readonly string Sha256Key = $"SHA256E-s{Size}--{Convert.ToHexStringLower(SHA256.HashData(Content))}.bin";

    public static TheoryData<string> Keys => new(Md5Key, Sha256Key);

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task An_upload_goes_on_where_it_stopped_also_after_a_restart(string key)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);

        (HttpStatusCode fresh, string? begin, _) = await server.PartAsync(id, key, [], $"bytes */{Size}");
        (HttpStatusCode first, string? half, _) = await server.PartAsync(id, key, Content[..Half], $"bytes 0-{Half - 1}/{Size}");
        GitAnswer notYet = await server.KeyAsync(id, HttpMethod.Head, key, null);
        await server.RestartAsync();
        (_, string? kept, _) = await server.PartAsync(id, key, [], $"bytes */{Size}");
        (HttpStatusCode last, string? end, _) = await server.PartAsync(id, key, Content[Half..], $"bytes {Half}-{Size - 1}/{Size}");
        GitAnswer got = await server.KeyAsync(id, HttpMethod.Get, key, null);

        Assert.Equal((HttpStatusCode.Accepted, "0"), (fresh, begin));
        Assert.Equal((HttpStatusCode.Accepted, $"{Half}", $"{Half}"), (first, half, kept));
        Assert.Equal(HttpStatusCode.NotFound, notYet.Status);
        Assert.Equal((HttpStatusCode.OK, $"{Size}"), (last, end));
        Assert.Equal(Content, got.Body);
        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
    }

    [Fact]
    public async Task Other_content_than_the_key_says_is_refused_whole_and_may_be_sent_again()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        byte[] other = [.. Content];
        other[0] ^= 1;

        await server.PartAsync(id, Md5Key, other[..Half], $"bytes 0-{Half - 1}/{Size}");
        (HttpStatusCode refused, _, string words) = await server.PartAsync(id, Md5Key, other[Half..], $"bytes {Half}-{Size - 1}/{Size}");
        GitAnswer held = await server.KeyAsync(id, HttpMethod.Head, Md5Key, null);
        (_, string? again, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}");
        (HttpStatusCode right, _, _) = await server.PartAsync(id, Md5Key, Content, $"bytes 0-{Size - 1}/{Size}");

        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("other content", words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, held.Status);
        Assert.Equal(("0", HttpStatusCode.OK), (again, right));
    }

    [Fact]
    public async Task A_part_at_another_place_by_somebody_else_or_of_another_size_is_refused()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string ann = await server.UserAsync("ann");
        await server.PartAsync(id, Md5Key, Content[..Half], $"bytes 0-{Half - 1}/{Size}");

        (HttpStatusCode elsewhere, _, string words) = await server.PartAsync(id, Md5Key, Content[1..2], $"bytes 1-1/{Size}");
        (HttpStatusCode larger, _, _) = await server.PartAsync(id, Md5Key, Content[Half..], $"bytes {Half}-{Size}/{Size + 1}");
        (HttpStatusCode reader, _, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}", ann);
        (HttpStatusCode unknown, _, _) = await server.PartAsync(id, "WORM-s5-m1--a", [], "bytes */5");
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:ann", new { right = "write" });
        (_, string? hers, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}", ann);

        Assert.Equal(HttpStatusCode.Conflict, elsewhere);
        Assert.Contains($"at byte {Half}", words, StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity), (larger, reader, unknown));
        Assert.Equal("0", hers);
    }

    private static byte[] Random()
    {
        byte[] bytes = new byte[Size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}

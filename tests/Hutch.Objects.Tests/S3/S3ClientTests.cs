using System.Buffers;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Objects.S3;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Objects.Tests.S3;

public sealed class S3ClientTests : IDisposable
{
    private const string Access = "HKTEST";
    private const string Secret = "s3cr3t/of+all";

    private readonly FakeBucketStore _store = new(Access, Secret) { PageSize = 2 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Stored_objects_are_listed_over_pages_and_read_with_their_metadata()
    {
        using S3Client client = Open(Secret);
        string[] keys = ["header", "a b/ü+%.npy", "000001", "000002", "000003"];

        Assert.True(await client.EnsureBucketAsync(Ct));
        Assert.False(await client.EnsureBucketAsync(Ct));
        foreach (string key in keys)
        {
            await PutAsync(client, key, key);
        }

        List<S3Item> listed = [];
        await foreach (S3Item item in client.ListAsync(Ct))
        {
            listed.Add(item);
        }

        Assert.Equal(keys.Order(StringComparer.Ordinal), listed.Select(item => item.Key));
        var bytes = new ArrayBufferWriter<byte>();
        IReadOnlyDictionary<string, string>? metadata = await client.ReadAsync("a b/ü+%.npy", bytes, 100, Ct);
        Assert.Equal("a b/ü+%.npy"u8, bytes.WrittenSpan);
        Assert.Equal("none", metadata!["hutch-codec"]);
        Assert.Null(await client.ReadAsync("there is none", bytes, 100, Ct));
        await client.DeleteAsync("a b/ü+%.npy", Ct);
        Assert.Null(await client.ReadAsync("a b/ü+%.npy", bytes, 100, Ct));
    }

    [Fact]
    public async Task A_busy_store_is_asked_again()
    {
        using S3Client client = Open(Secret);
        _store.Failures = 3;

        Assert.True(await client.EnsureBucketAsync(Ct));
    }

    [Fact]
    public async Task A_refusal_says_what_the_store_says_and_nothing_of_the_key()
    {
        using S3Client client = Open("another");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => PutAsync(client, "a", "a"));

        Assert.Equal(S3Client.KeyRefused, refused.Error.Code);
        Assert.Contains("SignatureDoesNotMatch", refused.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Access, refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("another", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_no_object_that_is_not_there()
    {
        using S3Client client = Open(Secret);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => client.ReadAsync("a", new ArrayBufferWriter<byte>(), 100, Ct));

        Assert.Contains("NoSuchBucket", refused.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_too_large_is_refused()
    {
        using S3Client client = Open(Secret);
        await client.EnsureBucketAsync(Ct);
        await PutAsync(client, "a", "12345");

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => client.ReadAsync("a", new ArrayBufferWriter<byte>(), 4, Ct));

        Assert.Equal(ErrorCode.TooLarge, refused.Error.Code);
    }

    [Theory]
    [InlineData("s3://127.0.0.1:7480/4711", "http://127.0.0.1:7480/", "4711")]
    [InlineData("S3://[::1]:7480/", "http://[::1]:7480/", null)]
    [InlineData("s3://s3.example.org/a", "https://s3.example.org/", "a")]
    [InlineData("s3://s3.example.org:443/a", "https://s3.example.org/", "a")]
    [InlineData("s3+https://store:7480/a", "https://store:7480/", "a")]
    [InlineData("s3+http://store/a", "http://store/", "a")]
    public void An_address_says_store_and_bucket(string text, string endpoint, string? bucket)
    {
        S3Location location = S3Location.Parse(text).Value;

        Assert.Equal((new Uri(endpoint), bucket), (location.Endpoint, location.Bucket));
    }

    [Theory]
    [InlineData("http://store/a")]
    [InlineData("s3://")]
    [InlineData("s3://store/a/b")]
    [InlineData("s3://store/a?x")]
    [InlineData("s3://key:secret@store/a")]
    public void An_invalid_address_is_refused_without_repeating_it(string text)
    {
        HutchError refusal = S3Location.Parse(text).Error!;

        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_as_a_text_says_nothing() => Assert.Equal("(an S3 key)", new S3Credentials(Access, Secret).ToString());

    private S3Client Open(string secret) => new(
        S3Location.Parse("s3://store:7480/bucket").Value,
        new S3Credentials(Access, secret),
        new S3ClientOptions { Handler = _store.Unowned(), Retry = HttpRetry.Default with { Time = new InstantTime() } });

    private static Task PutAsync(S3Client client, string key, string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return client.PutAsync(key, bytes, BlobHash.Compute(bytes), "text/plain", new Dictionary<string, string> { ["hutch-codec"] = "none" }, Ct);
    }
}

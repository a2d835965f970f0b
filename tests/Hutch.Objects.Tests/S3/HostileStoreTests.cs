using System.Net;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Objects.S3;

namespace Hutch.Objects.Tests.S3;

/// <summary>A store that wants to harm its client: answers without an end, numbers that are none, lists that begin again.</summary>
public sealed class HostileStoreTests
{
    private const string Page =
        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        + "<Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task An_answer_without_an_end_is_given_up_and_not_asked_for_again(HttpStatusCode status)
    {
        var body = new EndlessBody();
        using S3ObjectStore store = Open(status, () => new StreamContent(body));

        Exception given = await Assert.ThrowsAnyAsync<Exception>(() => status == HttpStatusCode.OK
            ? store.ListAsync("", null, 10, Ct).AsTask()
            : store.ReadAsync("a", 0, new byte[1], 1, Ct).AsTask());

        Assert.True(given is BadAnswerException or HutchException, given.ToString());
        Assert.InRange(body.Given, 1, 32 << 20);
    }

    [Theory]
    [InlineData("99999999999999999999999")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("")]
    public async Task A_size_that_is_none_makes_the_list_unreadable(string size)
    {
        using S3ObjectStore store = Open(
            HttpStatusCode.OK, () => new StringContent(Page.Replace("<Size>1<", $"<Size>{size}<", StringComparison.Ordinal)));

        await Assert.ThrowsAsync<BadAnswerException>(() => store.ListAsync("", null, 10, Ct).AsTask());
    }

    [Fact]
    public async Task A_list_that_begins_again_ends()
    {
        using S3ObjectStore store = Open(HttpStatusCode.OK, static () => new StringContent(Page));
        using var client = new S3Client(S3Location.Parse("s3://store:7480/bucket").Value, new S3Credentials("HKTEST", "secret"), Options(HttpStatusCode.OK, static () => new StringContent(Page)));

        await Assert.ThrowsAsync<BadAnswerException>(async () => await store.ListAllAsync("", Ct).CountAsync(Ct));
        await Assert.ThrowsAsync<BadAnswerException>(async () => await client.ListAsync(Ct).CountAsync(Ct));
    }

    [Fact]
    public async Task Words_of_the_store_are_short_and_one_line_in_a_refusal()
    {
        using S3ObjectStore store = Open(
            HttpStatusCode.Forbidden,
            static () => new StringContent($"<Error><Code>No</Code><Message>first\r\n{new string('x', 50_000)}</Message></Error>"));

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => store.ReadAsync("a", 0, new byte[1], 1, Ct).AsTask());

        Assert.InRange(refused.Error.Message.Length, 1, 700);
        Assert.DoesNotContain('\n', refused.Error.Message);
    }

    [Fact]
    public async Task A_redirect_is_a_refusal()
    {
        using S3ObjectStore store = Open(HttpStatusCode.TemporaryRedirect, static () => new StringContent(""));

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => store.FindLengthAsync("a", Ct).AsTask());

        Assert.Contains("307", refused.Error.Message, StringComparison.Ordinal);
    }

    private static S3ObjectStore Open(HttpStatusCode status, Func<HttpContent> body) =>
        new(S3Location.Parse("s3://store:7480/bucket").Value, new S3Credentials("HKTEST", "secret"), Options(status, body));

    private static S3ClientOptions Options(HttpStatusCode status, Func<HttpContent> body) => new()
    {
        Handler = new PlayedStore(status, body),
        Retry = HttpRetry.Default with { MaxAttempts = 1 },
    };

    private sealed class PlayedStore(HttpStatusCode status, Func<HttpContent> body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = body(), RequestMessage = request });
    }

    private sealed class EndlessBody : MemoryStream
    {
        public long Given { get; private set; }

        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'a');
            Given += buffer.Length;
            return buffer.Length;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            byte[] block = new byte[1 << 16];
            while (true)
            {
                await destination.WriteAsync(block.AsMemory(0, Read(block)), cancellationToken);
            }
        }
    }
}

using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Signing;

public sealed class SignatureTests : IAsyncLifetime
{
    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync() => _door = await TestDoor.StartAsync();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_key_are_told_apart_as_AWS_does()
    {
        (await Admin.With("not the secret").GetAsync("/")).MustRefuse(403, "SignatureDoesNotMatch");
        (await Admin.GetAsync("/")).Must(200);
        using HttpRequestMessage request = Admin.Sign("GET", "/", null);
        string header = request.Headers.GetValues("Authorization").Single();
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", header.Replace(Admin.AccessKey!, "HK0123456789ABCDEF"));
        (await Admin.SendAsync(request)).MustRefuse(403, "InvalidAccessKeyId");
    }

    [Theory]
    [InlineData(-16, "RequestTimeTooSkewed")]
    [InlineData(16, "RequestTimeTooSkewed")]
    [InlineData(-14, null)]
    [InlineData(14, null)]
    public async Task The_clocks_may_differ_by_a_quarter_of_an_hour(int minutes, string? code) =>
        Assert.Equal(code, (await Admin.With(TimeSpan.FromMinutes(minutes)).GetAsync("/")).Error);

    [Fact]
    public async Task A_request_that_was_changed_on_the_way_is_refused()
    {
        (await Admin.PutAsync("/box")).Must(200);
        using HttpRequestMessage other = Admin.Sign("GET", "/box?list-type=2", null);
        other.RequestUri = new Uri(_door.S3, "/box?list-type=2&prefix=x");
        (await Admin.SendAsync(other)).MustRefuse(403, "SignatureDoesNotMatch");

        using HttpRequestMessage method = Admin.Sign("GET", "/box", null);
        method.Method = HttpMethod.Delete;
        (await Admin.SendAsync(method)).MustRefuse(403, "SignatureDoesNotMatch");

        using HttpRequestMessage unsigned = Admin.Sign("PUT", "/box/x", []);
        unsigned.Headers.TryAddWithoutValidation("x-amz-meta-added", "later");
        (await Admin.SendAsync(unsigned)).MustRefuse(403, "AccessDenied");
    }

    [Theory]
    [InlineData("AWS key:signature", 400, "InvalidRequest")]
    [InlineData("Bearer token", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 nonsense", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20200101/r/s3/aws4_request, SignedHeaders=host", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/2020/r/s3/aws4_request, SignedHeaders=host, Signature=0", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20200101/r/ec2/aws4_request, SignedHeaders=host, Signature=0", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20200101/r/s3/aws4_request, SignedHeaders=host, Signature=0", 400, "AuthorizationHeaderMalformed")]
    public async Task A_header_that_cannot_be_read_says_so(string authorization, int status, string code)
    {
        using HttpRequestMessage request = _door.Nobody.Request("GET", "/");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.TryAddWithoutValidation("x-amz-date", _door.Time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'"));
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", "UNSIGNED-PAYLOAD");

        (await _door.Nobody.SendAsync(request)).MustRefuse(status, code);
    }

    [Fact]
    public async Task The_bucket_may_stand_in_the_name_of_the_host()
    {
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/a/b", "x")).Must(200);
        using HttpRequestMessage request = _door.Nobody.Request("GET", Admin.Presign("GET", "/a/b", 60));
        request.Headers.Host = "box.localhost:" + _door.S3.Port;

        // Signed for another host: what counts here is that the host's bucket was understood.
        (await _door.Nobody.SendAsync(request)).MustRefuse(403, "SignatureDoesNotMatch");

        await _door.RestAsync(HttpMethod.Patch, "datasets/" + await IdAsync("box"), new { visibility = "public" });
        using HttpRequestMessage open = _door.Nobody.Request("GET", "/a/b");
        open.Headers.Host = "admin.box.localhost:" + _door.S3.Port;
        Assert.Equal("x", (await _door.Nobody.SendAsync(open)).Must(200).Text);
    }

    private async Task<string> IdAsync(string name) => System.Text.Json.JsonDocument
        .Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=" + name)).RootElement.GetProperty("id").GetString()!;
}

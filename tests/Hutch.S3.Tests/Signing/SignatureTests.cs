using System.Globalization;
using Hutch.Model.Signatures;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Signing;

public sealed class SignatureTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync() => _door = await shared.EnterAsync();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_key_have_different_error_codes_as_in_AWS()
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
    [InlineData("ddd, dd MMM yyyy HH:mm:ss 'GMT'")]
    [InlineData("ddd, dd MMM yyyy HH:mm:ss '-0000'")]
    [InlineData("ddd, dd MMM yyyy HH:mm:ss '+0000'")]
    [InlineData("yyyyMMdd'T'HHmmss'Z'")]
    public async Task The_header_Date_signs_in_place_of_x_amz_date(string format)
    {
        string answer = await SendWithDateAsync(_door.Time.GetUtcNow().UtcDateTime.ToString(format, CultureInfo.InvariantCulture));

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("<Code>AccessDenied</Code>", await SendWithDateAsync("yesterday"), StringComparison.Ordinal);
    }

    /// <summary>Sends a signed request whose time is in the header Date alone.</summary>
    private async Task<string> SendWithDateAsync(string date)
    {
        string time = _door.Time.GetUtcNow().UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string> { ["x-amz-content-sha256"] = SigV4.EmptyHash };
        string signature = Admin.Signature("GET", "/", headers, time, out string signedHeaders);
        string scope = SigV4.Scope(time[..8], "us-east-1", SigV4.S3);
        return await RawRequest.Unsigned(_door, "GET", "/")
            .With("Date", date)
            .With("x-amz-content-sha256", SigV4.EmptyHash)
            .With("Authorization", $"{SigV4.Algorithm} Credential={Admin.AccessKey}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}")
            .SendAsync();
    }

    [Fact]
    public async Task The_host_must_be_signed()
    {
        string time = _door.Time.GetUtcNow().UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string scope = SigV4.Scope(time[..8], "us-east-1", SigV4.S3);
        KeyValuePair<string, string>[] covered = [new("x-amz-content-sha256", SigV4.EmptyHash), new("x-amz-date", time)];
        string names = string.Join(';', covered.Select(header => header.Key));
        string canonical = SigV4.CanonicalRequest("GET", "/", [], covered, names, SigV4.EmptyHash);
        string signature = SigV4.Sign(Admin.SigningKey(time[..8]), SigV4.StringToSign(time, scope, canonical));
        RawRequest request = RawRequest.Unsigned(_door, "GET", "/").With("x-amz-content-sha256", SigV4.EmptyHash).With("x-amz-date", time)
            .With("Authorization", $"{SigV4.Algorithm} Credential={Admin.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}");

        string answer = await request.SendAsync();

        Assert.Contains("<Code>AccessDenied</Code>", answer, StringComparison.Ordinal);
        Assert.Contains("Host must be signed", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_must_be_signed_in_an_address_too()
    {
        string time = _door.Time.GetUtcNow().UtcDateTime.ToString(SigV4.TimeFormat, CultureInfo.InvariantCulture);
        string scope = SigV4.Scope(time[..8], "us-east-1", SigV4.S3);
        KeyValuePair<string, string>[] query =
        [
            new("X-Amz-Algorithm", SigV4.Algorithm), new("X-Amz-Credential", $"{Admin.AccessKey}/{scope}"), new("X-Amz-Date", time),
            new("X-Amz-Expires", "60"), new("X-Amz-SignedHeaders", "range"),
        ];
        string canonical = SigV4.CanonicalRequest("GET", "/", query, [new("range", "bytes=0-1")], "range", SigV4.UnsignedPayload);
        string signature = SigV4.Sign(Admin.SigningKey(time[..8]), SigV4.StringToSign(time, scope, canonical));
        string target = "/?" + string.Join('&', query.Select(item => $"{item.Key}={Uri.EscapeDataString(item.Value)}")) + "&X-Amz-Signature=" + signature;

        S3Answer answer = await _door.Nobody.GetAsync(target, ("Range", "bytes=0-1"));

        Assert.Contains("Host must be signed", answer.MustRefuse(403, "AccessDenied").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS key", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS :signature", 400, "AuthorizationHeaderMalformed")]
    [InlineData("AWS key:signature", 403, "InvalidAccessKeyId")]
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
        open.Headers.Host = $"{_door.Owner}.box.localhost:" + _door.S3.Port;
        Assert.Equal("x", (await _door.Nobody.SendAsync(open)).Must(200).Text);
    }

    private async Task<string> IdAsync(string name) => System.Text.Json.JsonDocument
        .Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=" + name)).RootElement.GetProperty("id").GetString()!;
}

using System.Globalization;
using Hutch.Model.Signatures;
using Hutch.S3.Http;
using Hutch.S3.Signing;
using Hutch.S3.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Tests.Signing;

/// <summary>Signature Version 2, by header and by query. Real clients that use it are in the end-to-end tests.</summary>
public sealed class SignatureVersion2Tests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/a%20b", "hello")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    // The examples of "Signing and Authenticating REST Requests", with the key that it uses.
    [Theory]
    [InlineData("GET", "/photos/puppy.jpg", "bWq2s1WEIj+Ydj0vQ697zp+IXMU=", "Tue, 27 Mar 2007 19:36:42 +0000")]
    [InlineData("PUT", "/photos/puppy.jpg", "MyyxeRY7whkBe+bq8fHCL/2kKUg=", "Tue, 27 Mar 2007 21:15:45 +0000", "Content-Type", "image/jpeg")]
    [InlineData("GET", "/?prefix=photos&max-keys=50&marker=puppy", "htDYFYduRNen8P9ZfE/s9SuKy0U=", "Tue, 27 Mar 2007 19:42:41 +0000")]
    [InlineData("GET", "/?acl", "c2WLPFtWHVgbEmeEG93a4cG37dM=", "Tue, 27 Mar 2007 19:44:46 +0000")]
    public void Published_examples_are_right(string method, string target, string signature, string date, string? name = null, string? value = null)
    {
        const string Host = "johnsmith.s3.amazonaws.com";
        var headers = new HeaderDictionary { ["Host"] = Host, ["Date"] = date, ["Authorization"] = "AWS AKIAIOSFODNN7EXAMPLE:" + signature };
        if (name is not null)
        {
            headers[name] = value;
        }

        RequestSignature read = RequestSignature.Read(
            method, S3Target.Parse(target, Host, ["s3.amazonaws.com"]), headers, DateTimeOffset.Parse(date, CultureInfo.InvariantCulture), takesVersion2: true)!;

        Assert.Equal("AKIAIOSFODNN7EXAMPLE", read.AccessKey);
        Assert.True(SigV2.Verify("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", read.StringToSign, read.Signature), read.StringToSign);
    }

    [Fact]
    public async Task A_header_signs_the_whole_request()
    {
        Assert.Equal("hello", (await SendAsync("GET", "/box/a%20b")).Must(200).Text);
        (await SendAsync("PUT", "/box/new", [1, 2], ("x-amz-meta-b", "2"), ("X-Amz-Meta-A", " 1 "), ("Content-Type", "text/x"))).Must(200);
        Assert.Equal("text/x", (await Admin.HeadAsync("/box/new")).Headers["Content-Type"]);
        (await SendAsync("PUT", "/box/new?tagging", "<Tagging><TagSet/></Tagging>"u8.ToArray())).Must(200);

        using HttpRequestMessage other = Sign("GET", "/box/a%20b", null, Admin.Now);
        other.RequestUri = new Uri(_door.S3, "/box/new");
        (await Admin.SendAsync(other)).MustRefuse(403, "SignatureDoesNotMatch");
        using HttpRequestMessage method = Sign("GET", "/box/new", null, Admin.Now);
        method.Method = HttpMethod.Delete;
        (await Admin.SendAsync(method)).MustRefuse(403, "SignatureDoesNotMatch");
        using HttpRequestMessage more = Sign("PUT", "/box/new", [1], Admin.Now);
        more.Headers.TryAddWithoutValidation("x-amz-copy-source", "/box/a%20b");
        (await Admin.SendAsync(more)).MustRefuse(403, "SignatureDoesNotMatch");
        using HttpRequestMessage part = Sign("GET", "/box/new", null, Admin.Now);
        part.RequestUri = new Uri(_door.S3, "/box/new?versionId=1");
        (await Admin.SendAsync(part)).MustRefuse(403, "SignatureDoesNotMatch");
        Assert.Equal([1, 2], (await Admin.GetAsync("/box/new")).Must(200).Body);
    }

    [Theory]
    [InlineData(-16, "RequestTimeTooSkewed")]
    [InlineData(16, "RequestTimeTooSkewed")]
    [InlineData(14, null)]
    public async Task The_clocks_may_differ_by_as_much_as_in_version_4(int minutes, string? code)
    {
        using HttpRequestMessage request = Sign("GET", "/box/a%20b", null, Admin.Now.AddMinutes(minutes));

        Assert.Equal(code, (await Admin.SendAsync(request)).Error);
    }

    [Fact]
    public async Task An_address_needs_nothing_else_until_it_ends()
    {
        long now = Admin.Now.ToUnixTimeSeconds();
        S3Caller nobody = _door.Nobody;

        Assert.Equal("hello", (await nobody.GetAsync(Presign("GET", "/box/a%20b", now + 60))).Must(200).Text);
        S3Answer typed = await nobody.GetAsync(Presign("GET", "/box/a%20b", now + 60, "response-content-type=text%2Fx"));
        Assert.Equal("text/x", typed.Must(200).Headers["Content-Type"]);
        (await nobody.PutAsync(Presign("PUT", "/box/new", now + 60), "new")).Must(200);
        (await nobody.GetAsync(Presign("GET", "/box/a%20b", now - 1))).MustRefuse(403, "AccessDenied");
        (await nobody.GetAsync(Presign("GET", "/box/a%20b", now + (8 * 86400)))).MustRefuse(403, "AccessDenied");
        (await nobody.GetAsync(Presign("GET", "/box/a%20b", now + 60) + "&versionId=1")).MustRefuse(403, "SignatureDoesNotMatch");
        (await nobody.GetAsync(Presign("GET", "/box/a%20b", now + 60).Replace($"Expires={now + 60}", $"Expires={now + 61}", StringComparison.Ordinal)))
            .MustRefuse(403, "SignatureDoesNotMatch");
        (await nobody.GetAsync($"/box/a%20b?AWSAccessKeyId={Admin.AccessKey}&Signature=x")).MustRefuse(403, "AccessDenied");
        (await nobody.DeleteAsync(Presign("GET", "/box/a%20b", now + 60))).MustRefuse(403, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task Headers_in_the_query_of_an_address_count_as_headers()
    {
        string expires = (Admin.Now.ToUnixTimeSeconds() + 60).ToString(CultureInfo.InvariantCulture);
        string text = SigV2.StringToSign("PUT", "", "text/x", expires, [new("x-amz-meta-a", "1")], "/box/new");
        string target = $"/box/new?AWSAccessKeyId={Admin.AccessKey}&Expires={expires}&content-type=text%2Fx&x-amz-meta-a=1&Signature="
            + Uri.EscapeDataString(SigV2.Sign(Admin.SecretKey!, text));

        (await _door.Nobody.PutAsync(target, "new")).Must(200);

        S3Answer head = await Admin.HeadAsync("/box/new");
        Assert.Equal(("text/x", "1"), (head.Headers["Content-Type"], head.Headers["x-amz-meta-a"]));
        (await _door.Nobody.PutAsync(target.Replace("meta-a=1", "meta-a=2", StringComparison.Ordinal), "new")).MustRefuse(403, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task A_wrong_signature_and_an_unknown_key_have_different_error_codes()
    {
        using HttpRequestMessage wrong = Sign("GET", "/", null, Admin.Now, secret: "not the secret");
        (await Admin.SendAsync(wrong)).MustRefuse(403, "SignatureDoesNotMatch");
        using HttpRequestMessage unknown = Sign("GET", "/", null, Admin.Now, accessKey: "HK0123456789ABCDEF");
        (await Admin.SendAsync(unknown)).MustRefuse(403, "InvalidAccessKeyId");
        foreach (string signature in (string[])["", "x", "!!!!", new('A', 28), new('A', 4000)])
        {
            using HttpRequestMessage request = Admin.Request("GET", "/");
            request.Headers.TryAddWithoutValidation("Date", Admin.Now.ToString("r"));
            request.Headers.TryAddWithoutValidation("Authorization", $"AWS {Admin.AccessKey}:{signature}");
            Assert.InRange((await Admin.SendAsync(request)).Status, 400, 403);
        }

        using HttpRequestMessage right = Sign("GET", "/", null, Admin.Now);
        (await Admin.SendAsync(right)).Must(200);
    }

    [Fact]
    public async Task Chunks_cannot_be_signed_by_it()
    {
        using HttpRequestMessage request = Sign("PUT", "/box/c", [1], Admin.Now, headers: ("x-amz-content-sha256", SigV4.SignedChunks));

        (await Admin.SendAsync(request)).MustRefuse(400, "InvalidRequest");
    }

    [Fact]
    public async Task A_stated_hash_of_the_body_is_checked()
    {
        using HttpRequestMessage request = Sign("PUT", "/box/c", [1], Admin.Now, headers: ("x-amz-content-sha256", SigV4.EmptyHash));

        (await Admin.SendAsync(request)).MustRefuse(400, "XAmzContentSHA256Mismatch");
    }

    [Fact]
    public async Task An_option_turns_it_off()
    {
        await using TestDoor door = await TestDoor.StartAsync(new S3Options { Address = "127.0.0.1:0", StopSeconds = 2, SignatureV2 = false });

        using HttpRequestMessage request = Sign("GET", "/", null, Admin.Now);
        request.RequestUri = door.S3;
        S3Answer refused = (await Admin.SendAsync(request)).MustRefuse(400, "InvalidRequest");
        Assert.Contains("Signature Version 4", refused.First("Message"), StringComparison.Ordinal);
        (await door.Nobody.GetAsync(Presign("GET", "/", Admin.Now.ToUnixTimeSeconds() + 60))).MustRefuse(400, "InvalidRequest");
        (await door.Nobody.PutAsync(Presign("PUT", "/new", Admin.Now.ToUnixTimeSeconds() + 60) + "&x-amz-copy-source=x")).MustRefuse(400, "InvalidRequest");
        (await door.Admin.GetAsync("/")).Must(200);
    }

    private async Task<S3Answer> SendAsync(string method, string target, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = Sign(method, target, body, Admin.Now, headers: headers);
        return await Admin.SendAsync(request);
    }

    private HttpRequestMessage Sign(
        string method, string target, byte[]? body, DateTimeOffset time, string? secret = null, string? accessKey = null,
        params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = Admin.Request(method, target);
        request.Content = body is null ? null : new ByteArrayContent(body);
        string date = time.ToString("r");
        request.Headers.TryAddWithoutValidation("Date", date);
        foreach ((string name, string value) in headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        S3Target parsed = S3Target.Parse(target, null, []);
        string text = SigV2.StringToSign(
            method,
            "",
            headers.FirstOrDefault(header => header.Name == "Content-Type").Value ?? "",
            date,
            headers.Where(header => header.Name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
                .Select(header => new KeyValuePair<string, string>(header.Name.ToLowerInvariant(), header.Value)),
            SigV2.Resource(parsed.SentPath, parsed.Query.Items));
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS {accessKey ?? Admin.AccessKey}:{SigV2.Sign(secret ?? Admin.SecretKey!, text)}");
        return request;
    }

    private string Presign(string method, string path, long expires, string query = "")
    {
        S3Target parsed = S3Target.Parse($"{path}?{query}", null, []);
        string when = expires.ToString(CultureInfo.InvariantCulture);
        string signature = SigV2.Sign(
            Admin.SecretKey!, SigV2.StringToSign(method, "", "", when, [], SigV2.Resource(parsed.SentPath, parsed.Query.Items)));
        return $"{path}?{(query.Length > 0 ? query + "&" : "")}AWSAccessKeyId={Admin.AccessKey}&Expires={when}&Signature={Uri.EscapeDataString(signature)}";
    }
}

using System.Text;
using Hutch.Model.Signatures;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>What nobody should send: each is answered at once with the right error, and the server goes on.</summary>
public sealed class BadInputTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private const string Tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";

    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/box/x", "kept")).Must(200);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Equal("kept", (await Admin.GetAsync("/box/x")).Must(200).Text);
        await _door.DisposeAsync();
    }

    [Theory]
    [InlineData("//")]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/..")]
    [InlineData("./a")]
    [InlineData("%2F")]
    [InlineData("%2e%2e/x")]
    public async Task A_key_that_no_file_system_could_hold_is_refused_with_the_reason(string key)
    {
        S3Answer refused = (await Admin.PutAsync("/box/" + key, "x")).MustRefuse(400, "InvalidArgument");

        Assert.Contains("not a valid path", refused.First("Message"), StringComparison.Ordinal);
        (await Admin.PostAsync($"/box/{key}?uploads")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync("/box/" + key, "", ("x-amz-copy-source", "/box/x"))).MustRefuse(400, "InvalidArgument");
        (await Admin.GetAsync("/box/" + key)).MustRefuse(404, "NoSuchKey");
    }

    [Theory]
    [InlineData("%FF")]
    [InlineData("%C3%28")]
    [InlineData("%ED%A0%80")]
    public async Task A_key_that_is_not_UTF8_is_refused(string key) =>
        (await _door.Nobody.PutAsync("/box/" + key, "x")).MustRefuse(400, "InvalidURI");

    [Theory]
    [InlineData("...")]
    [InlineData("..a")]
    [InlineData("a+b")]
    [InlineData("a%2Bb")]
    [InlineData("%20a%20")]
    [InlineData("%0D%0A")]
    [InlineData("%01")]
    [InlineData("a%5Cb")]
    [InlineData("%3F%23%25")]
    [InlineData("%252F")]
    [InlineData("%3C%3E%26%22%27")]
    [InlineData("%F0%9F%98%80")]
    [InlineData("%E2%80%AE")]
    [InlineData("%F4%8F%BF%BF")]
    public async Task A_key_with_awkward_characters_comes_back_as_it_is(string key)
    {
        (await Admin.PutAsync("/box/dir/" + key, "v")).Must(200);

        Assert.Equal("v", (await Admin.GetAsync("/box/dir/" + key)).Must(200).Text);
        string listed = (await Admin.GetAsync("/box?list-type=2&encoding-type=url&prefix=dir/")).First("Key")!;
        Assert.Equal("dir/" + Uri.UnescapeDataString(key), Uri.UnescapeDataString(listed));
        string encoded = (await Admin.PostAsync("/box?delete", $"<Delete><Object><Key>{XmlOf("dir/" + Uri.UnescapeDataString(key))}</Key></Object></Delete>")).Text;
        bool isXml = !key.Contains("%01", StringComparison.Ordinal);
        Assert.Equal(isXml ? 404 : 200, (await Admin.GetAsync("/box/dir/" + key)).Status);
        Assert.Equal(!isXml, encoded.Contains("MalformedXML", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("é", 512, 200)]
    [InlineData("é", 513, 400)]
    [InlineData("d/", 511, 200)]
    [InlineData("😀", 256, 200)]
    [InlineData("😀", 257, 400)]
    public async Task The_length_of_a_key_is_counted_in_bytes(string part, int times, int status)
    {
        string key = Uri.EscapeDataString(string.Concat(Enumerable.Repeat(part, times))).Replace("%2F", "/", StringComparison.Ordinal) + (part == "d/" ? "k" : "");

        S3Answer answer = await Admin.PutAsync("/box/" + key, "x");

        Assert.Equal((status, status == 200 ? null : "KeyTooLongError"), (answer.Status, answer.Error));
    }

    [Theory]
    [InlineData("-1", "HTTP/1.1 400")]
    [InlineData("abc", "HTTP/1.1 400")]
    [InlineData("9223372036854775808", "HTTP/1.1 400")]
    [InlineData("9223372036854775807", "<Code>EntityTooLarge</Code>")]
    [InlineData("5368709121", "<Code>EntityTooLarge</Code>")]
    public async Task A_length_that_cannot_be_is_refused_before_the_body(string length, string expected) => Assert.Contains(
        expected, await RawRequest.Signed(_door, "PUT", "/box/long", SigV4.UnsignedPayload).With("Content-Length", length).SendAsync(), StringComparison.Ordinal);

    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", 4, "IncompleteBody")]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", 2, "IncompleteBody")]
    [InlineData("5\r\nabc\r\n0\r\n\r\n", 5, "IncompleteBody")]
    [InlineData("3\r\nabc\r\n0\r\n\r\njunk", 3, "InvalidRequest")]
    [InlineData("abc", 3, "IncompleteBody")]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n", 3, "IncompleteBody")]
    [InlineData("ffffffffffffffff\r\nabc", 3, "IncompleteBody")]
    [InlineData("3;chunk-signature=0\r\nabc\r\n0\r\nx-evil:1\r\n\r\n", 3, "MalformedTrailerError")]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", 5368709121, "EntityTooLarge")]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", -1, "MissingContentLength")]
    public async Task A_framed_body_that_lies_is_refused(string body, long length, string code)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(body);

        string answer = await RawRequest.Signed(
            _door, "PUT", "/box/framed", SigV4.UnsignedChunksWithTrailer, ("x-amz-decoded-content-length", [$"{length}"])).With(bytes.Length).SendAsync(bytes);

        Assert.Contains($"<Code>{code}</Code>", answer, StringComparison.Ordinal);
        (await Admin.HeadAsync("/box/framed")).Must(404);
    }

    [Theory]
    [InlineData("Host", "other")]
    [InlineData("Content-Length", "5")]
    public async Task A_header_that_stands_twice_and_may_not_is_refused(string name, string value) => Assert.StartsWith(
        "HTTP/1.1 400 ",
        await RawRequest.Signed(_door, "PUT", "/box/twice", SigV4.UnsignedPayload).With(4).With(name, value).SendAsync("body"u8.ToArray()),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_second_signature_counts_for_nothing()
    {
        string twice = await RawRequest.Signed(_door, "GET", "/box/x", SigV4.EmptyHash).With("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/s3/e").SendAsync();
        Assert.Contains("<Code>AuthorizationHeaderMalformed</Code>", twice, StringComparison.Ordinal);
        using HttpRequestMessage both = Admin.Sign("GET", Admin.Presign("GET", "/box/x", 60), null);
        (await Admin.SendAsync(both)).MustRefuse(400, "InvalidRequest");
        (await _door.Nobody.GetAsync(Admin.Presign("GET", "/box/x", 60) + "&X-Amz-Expires=604800")).MustRefuse(403, "SignatureDoesNotMatch");
        (await _door.Nobody.GetAsync(Admin.Presign("GET", "/box/x", 60, "versionId=null&versionId=9"))).Must(200);
    }

    [Fact]
    public async Task Heads_without_end_are_refused_at_once()
    {
        var options = new S3Options();
        string header = await RawRequest.Signed(_door, "GET", "/box/x", SigV4.EmptyHash).With("x-bomb", new string('a', options.MaxHeaderBytes)).SendAsync();
        Assert.StartsWith("HTTP/1.1 431 ", header, StringComparison.Ordinal);
        RawRequest many = RawRequest.Signed(_door, "GET", "/box/x", SigV4.EmptyHash);
        for (int i = 0; i < 1000; i++)
        {
            many.With($"x-{i}", "1");
        }

        Assert.StartsWith("HTTP/1.1 431 ", await many.SendAsync(), StringComparison.Ordinal);
        string line = await RawRequest.Signed(_door, "GET", "/box/" + new string('a', options.MaxRequestLineBytes), SigV4.EmptyHash).SendAsync();
        Assert.StartsWith("HTTP/1.1 414 ", line, StringComparison.Ordinal);
        (await _door.Nobody.GetAsync("/box?" + string.Join('&', Enumerable.Range(0, 500).Select(i => $"a{i}=1")))).MustRefuse(400, "InvalidURI");
    }

    [Fact]
    public async Task Documents_are_read_whatever_their_encoding_and_refused_whatever_their_size()
    {
        const string Space = "<Tagging xmlns=\"{0}\">";
        foreach (byte[] good in (byte[][])
            [
                Encoding.UTF8.GetBytes(Tags), [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Tags)], [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Tags)],
                Encoding.UTF8.GetBytes(Tags.Replace("<Tagging>", string.Format(null, Space, "http://s3.amazonaws.com/doc/2006-03-01/"), StringComparison.Ordinal)),
                Encoding.UTF8.GetBytes(Tags.Replace("<Tagging>", string.Format(null, Space, "urn:another"), StringComparison.Ordinal)),
            ])
        {
            (await Admin.PutAsync("/box/x?tagging", good)).Must(200);
        }

        foreach (string bad in (string[])
            [
                "", "  ", "text", "\0", "<Other/>", Tags + Tags, "<!DOCTYPE a>" + Tags, "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" + Tags, Tags.Replace("1", "&none;", StringComparison.Ordinal),
                Tags.Replace("1", "&#0;", StringComparison.Ordinal), "<" + new string('a', 1 << 20) + "/>", "<Tagging " + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"a{i}='1' ")) + "/>",
                string.Concat(Enumerable.Repeat("<a>", 200_000)), new string(' ', 3 << 20) + Tags,
            ])
        {
            (await Admin.PutAsync("/box/x?tagging", bad)).MustRefuse(400, "MalformedXML");
        }
    }

    [Fact]
    public async Task The_document_of_the_most_parts_that_there_can_be_is_read()
    {
        string id = (await Admin.PostAsync("/box/parts?uploads")).Must(200).First("UploadId")!;
        string tag = (await Admin.PutAsync($"/box/parts?partNumber=1&uploadId={id}", "x")).Must(200).ETag.Replace("\"", "&quot;", StringComparison.Ordinal);
        string parts = string.Concat(Enumerable.Range(1, 10_000).Select(
            i => $"  <Part>\n    <ETag>{tag}</ETag>\n    <ChecksumSHA256>{new string('A', 43)}=</ChecksumSHA256>\n    <PartNumber>{i}</PartNumber>\n  </Part>\n"));

        S3Answer answer = (await Admin.PostAsync($"/box/parts?uploadId={id}", $"<CompleteMultipartUpload>\n{parts}</CompleteMultipartUpload>")).MustRefuse(400, "InvalidPart");

        Assert.Contains("part 2 ", answer.First("Message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_that_contradict_each_other_count_in_the_order_of_HTTP()
    {
        string tag = (await Admin.HeadAsync("/box/x")).ETag;
        const string Long = "Thu, 01 Jan 2015 00:00:00 GMT";
        string soon = _door.Time.GetUtcNow().AddMinutes(5).ToString("r");

        // A tag that matches makes the time that does not count for nothing, and the other way round.
        (await Admin.GetAsync("/box/x", ("If-Match", tag), ("If-Unmodified-Since", Long))).Must(200);
        (await Admin.GetAsync("/box/x", ("If-None-Match", "\"0-1\""), ("If-Modified-Since", soon))).Must(200);
        (await Admin.GetAsync("/box/x", ("If-None-Match", tag), ("If-Modified-Since", Long))).Must(304);
        (await Admin.GetAsync("/box/x", ("If-Match", tag), ("If-None-Match", tag))).Must(304);
        (await Admin.GetAsync("/box/x", ("If-Match", "\"0-1\""), ("If-None-Match", "\"0-1\""))).MustRefuse(412, "PreconditionFailed");
        (await Admin.GetAsync("/box/x", ("If-Match", tag), ("Range", "bytes=0-1"))).Must(206);
        (await Admin.GetAsync("/box/x", ("If-Range", "\"0-1\""), ("Range", "bytes=0-1"))).Must(200);
        (await Admin.GetAsync("/box/x", ("If-Modified-Since", "yesterday"))).Must(200);
        (await Admin.PutAsync("/box/copy", "", ("x-amz-copy-source", "/box/x"), ("x-amz-copy-source-if-match", tag), ("x-amz-copy-source-if-unmodified-since", Long))).Must(200);
        (await Admin.PutAsync("/box/copy", "", ("x-amz-copy-source", "/box/x"), ("x-amz-copy-source-if-none-match", tag), ("x-amz-copy-source-if-modified-since", Long)))
            .MustRefuse(412, "PreconditionFailed");
        (await Admin.PutAsync("/box/x", "new", ("If-Match", tag), ("If-None-Match", "*"))).MustRefuse(412, "PreconditionFailed");
        (await Admin.PutAsync("/box/none", "new", ("If-Match", "*"))).MustRefuse(404, "NoSuchKey");
        (await Admin.DeleteAsync("/box/x", ("If-Match", "\"0-1\""))).MustRefuse(412, "PreconditionFailed");
    }

    [Fact]
    public async Task A_listing_continues_after_every_page()
    {
        (await Admin.PutAsync("/list")).Must(200);
        string[] keys = ["a/1", "a/2", "b/1", "b/2", "c", "d/1"];
        foreach (string key in keys)
        {
            (await Admin.PutAsync("/list/" + key, "1")).Must(200);
        }

        foreach ((string delimiter, string[] expected) in ((string, string[])[])[("", keys), ("/", ["a/", "b/", "c", "d/"]), ("1", keys), ("-", keys)])
        {
            for (int most = 1; most <= 3; most++)
            {
                Assert.Equal(expected, await WalkAsync($"delimiter={delimiter}&max-keys={most}", "marker", "NextMarker"));
                Assert.Equal(expected, await WalkAsync($"list-type=2&delimiter={delimiter}&max-keys={most}", "continuation-token", "NextContinuationToken"));
            }
        }
    }

    /// <summary>As clients escape keys in documents.</summary>
    private static string XmlOf(string text) =>
        string.Concat(text.Select(c => c is '&' or '<' or '>' or '\r' or '\n' or '\u0001' ? $"&#{(int)c};" : c.ToString()));

    private async Task<List<string>> WalkAsync(string query, string parameter, string next)
    {
        var seen = new List<string>();
        string? from = "";
        while (from is not null && seen.Count < 100)
        {
            S3Answer page = (await Admin.GetAsync($"/list?{query}" + (from.Length == 0 ? "" : $"&{parameter}={Uri.EscapeDataString(from)}"))).Must(200);
            seen.AddRange(page.Xml.Elements().Where(one => one.Name.LocalName is "Contents" or "CommonPrefixes").Select(one => one.Elements().First().Value).Order(StringComparer.Ordinal));
            from = page.First(next);
        }

        return seen;
    }
}

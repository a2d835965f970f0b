using System.Security.Cryptography;
using System.Text;
using Hutch.Model;
using Hutch.Model.Signatures;
using Hutch.S3.Checksums;
using Hutch.S3.Operations.Objects;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

public sealed class ObjectTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
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
    [InlineData(".hutch/config")]
    [InlineData(".HUTCH/virtual/")]
    public async Task Nothing_is_written_where_working_directories_keep_their_own_files(string key)
    {
        (await Admin.PutAsync("/box/x", "bytes")).Must(200);

        (await Admin.PutAsync("/box/" + key, key.EndsWith('/') ? "" : "x")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync("/box/" + key.TrimEnd('/'), "", ("x-amz-copy-source", "/box/x"))).MustRefuse(400, "InvalidArgument");
        (await Admin.PostAsync($"/box/{key.TrimEnd('/')}?uploads")).MustRefuse(400, "InvalidArgument");

        Assert.Equal(["x"], (await Admin.GetAsync("/box?list-type=2")).Must(200).All("Key"));
    }

    [Fact]
    public async Task What_was_put_comes_back_with_everything_that_was_said_of_it()
    {
        S3Answer put = (await Admin.PutAsync(
            "/box/a/b%20c.txt",
            "hello",
            ("Content-Type", "text/plain"),
            ("Cache-Control", "max-age=5"),
            ("Content-Disposition", "attachment"),
            ("x-amz-meta-Color", "red"),
            ("x-amz-tagging", "a=1&b=2"))).Must(200);

        S3Answer got = (await Admin.GetAsync("/box/a/b%20c.txt")).Must(200);

        Assert.Equal("hello", got.Text);
        Assert.Equal(put.ETag, got.ETag);
        Assert.Equal("\"" + Convert.ToHexStringLower(SHA256.HashData("hello"u8))[..32] + "-1\"", got.ETag);
        Assert.Equal("text/plain", got.Headers["Content-Type"]);
        Assert.Equal("max-age=5", got.Headers["Cache-Control"]);
        Assert.Equal("attachment", got.Headers["Content-Disposition"]);
        Assert.Equal("red", got.Headers["x-amz-meta-color"]);
        Assert.Equal("2", got.Headers["x-amz-tagging-count"]);
        Assert.True(got.Headers.ContainsKey("Last-Modified"));
        Assert.True(got.Headers.ContainsKey("x-amz-request-id"));
    }

    [Fact]
    public async Task A_large_object_comes_back_whole_and_in_ranges()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(9_000_001);
        (await Admin.PutAsync("/box/large", bytes)).Must(200);

        Assert.Equal(bytes, (await Admin.GetAsync("/box/large")).Must(200).Body);
        S3Answer part = (await Admin.GetAsync("/box/large", ("Range", "bytes=4194300-4194310"))).Must(206);
        Assert.Equal(bytes[4194300..4194311], part.Body);
        Assert.Equal("bytes 4194300-4194310/9000001", part.Headers["Content-Range"]);
        Assert.Equal(bytes[^5..], (await Admin.GetAsync("/box/large", ("Range", "bytes=-5"))).Must(206).Body);
        (await Admin.GetAsync("/box/large", ("Range", "bytes=9000001-"))).MustRefuse(416, "InvalidRange");
        S3Answer head = (await Admin.HeadAsync("/box/large")).Must(200);
        Assert.Equal("9000001", head.Headers["Content-Length"]);
    }

    [Fact]
    public async Task Conditions_are_kept()
    {
        string tag = (await Admin.PutAsync("/box/x", "1")).Must(200).ETag;

        (await Admin.PutAsync("/box/x", "2", ("If-None-Match", "*"))).MustRefuse(412, "PreconditionFailed");
        (await Admin.PutAsync("/box/x", "2", ("If-Match", "\"0-1\""))).MustRefuse(412, "PreconditionFailed");
        (await Admin.GetAsync("/box/x", ("If-None-Match", tag))).Must(304);
        (await Admin.GetAsync("/box/x", ("If-Match", "\"0-1\""))).MustRefuse(412, "PreconditionFailed");
        (await Admin.GetAsync("/box/x", ("If-Modified-Since", DateTimeOffset.UtcNow.AddMinutes(1).ToString("r")))).Must(304);
        (await Admin.GetAsync("/box/x", ("If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT"))).MustRefuse(412, "PreconditionFailed");
        (await Admin.PutAsync("/box/x", "2", ("If-Match", tag))).Must(200);
        Assert.Equal("2", (await Admin.GetAsync("/box/x")).Text);
    }

    [Fact]
    public async Task A_key_that_is_not_there_meets_no_condition_that_something_is()
    {
        (await Admin.PutAsync("/box/none", "1", ("If-Match", "*"))).MustRefuse(404, "NoSuchKey");
        (await Admin.PutAsync("/box/none", "1", ("If-Match", "\"0-1\""))).MustRefuse(404, "NoSuchKey");
        (await Admin.DeleteAsync("/box/none", ("If-Match", "*"))).MustRefuse(404, "NoSuchKey");
        (await Admin.PutAsync("/box/source", "1")).Must(200);
        (await Admin.PutAsync("/box/none", "", ("x-amz-copy-source", "/box/source"), ("If-Match", "\"0-1\""))).MustRefuse(404, "NoSuchKey");
        string id = (await Admin.PostAsync("/box/none?uploads")).Must(200).First("UploadId")!;
        string tag = (await Admin.PutAsync($"/box/none?partNumber=1&uploadId={id}", "1")).Must(200).ETag;
        string document = $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{tag}</ETag></Part></CompleteMultipartUpload>";
        (await Admin.PostAsync($"/box/none?uploadId={id}", document, ("If-Match", "*"))).MustRefuse(404, "NoSuchKey");
        S3Answer many = (await Admin.PostAsync("/box?delete", "<Delete><Object><Key>none</Key><ETag>x</ETag></Object></Delete>")).Must(200);
        Assert.Equal("NoSuchKey", many.First("Code"));
        (await Admin.HeadAsync("/box/none")).Must(404);
        (await Admin.DeleteAsync("/box/none")).Must(204);
    }

    [Fact]
    public async Task A_removal_may_say_size_and_time()
    {
        (await Admin.PutAsync("/box/x", "12345")).Must(200);
        string time = (await Admin.HeadAsync("/box/x")).Headers["Last-Modified"];
        string listed = (await Admin.GetAsync("/box?list-type=2")).First("LastModified")!;

        (await Admin.DeleteAsync("/box/x", ("x-amz-if-match-size", "4"))).MustRefuse(412, "PreconditionFailed");
        (await Admin.DeleteAsync("/box/x", ("x-amz-if-match-size", "5"), ("If-Match", "\"0-1\""))).MustRefuse(412, "PreconditionFailed");
        (await Admin.DeleteAsync("/box/x", ("x-amz-if-match-size", "many"))).MustRefuse(400, "InvalidArgument");
        (await Admin.DeleteAsync("/box/x", ("x-amz-if-match-last-modified-time", "Thu, 01 Jan 2015 00:00:00 GMT"))).MustRefuse(412, "PreconditionFailed");
        (await Admin.DeleteAsync("/box/x", ("x-amz-if-match-last-modified-time", "yesterday"))).MustRefuse(400, "InvalidArgument");
        Assert.Equal("PreconditionFailed", await RemoveAsync("<Size>4</Size>"));
        Assert.Equal("PreconditionFailed", await RemoveAsync("<LastModifiedTime>2015-01-01T00:00:00Z</LastModifiedTime>"));
        Assert.Null(await RemoveAsync($"<Size>5</Size><LastModifiedTime>{listed}</LastModifiedTime>"));
        (await Admin.HeadAsync("/box/x")).Must(404);
        (await Admin.PutAsync("/box/x", "12345")).Must(200);
        time = (await Admin.HeadAsync("/box/x")).Headers["Last-Modified"];
        (await Admin.DeleteAsync("/box/x", ("x-amz-if-match-size", "5"), ("x-amz-if-match-last-modified-time", time))).Must(204);
        (await Admin.HeadAsync("/box/x")).Must(404);
    }

    [Theory]
    [InlineData("deflate, gzip", "deflate, gzip")]
    [InlineData("deflate,gzip", "deflate,gzip")]
    [InlineData("gzip, aws-chunked", "gzip")]
    [InlineData("aws-chunked, deflate, gzip", "deflate, gzip")]
    [InlineData("aws-chunked", null)]
    public async Task An_encoding_is_kept_as_it_was_written_but_for_the_framing(string sent, string? kept)
    {
        (await Admin.PutAsync("/box/e", "x", ("Content-Encoding", sent))).Must(200);

        Assert.Equal(kept, (await Admin.HeadAsync("/box/e")).Headers.GetValueOrDefault("Content-Encoding"));
    }

    [Fact]
    public async Task An_empty_content_type_is_none()
    {
        string answer = await RawRequest.Signed(_door, "PUT", "/box/t", SigV4.UnsignedPayload, ("Content-Type", (string[])[""])).With(1).SendAsync([1]);

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal("binary/octet-stream", (await Admin.HeadAsync("/box/t")).Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_verified_MD5_is_the_tag()
    {
        string md5 = Convert.ToHexStringLower(Md5.From("x"u8));
        S3Answer put = (await Admin.PutAsync("/box/m", "x", ("Content-MD5", Convert.ToBase64String(Md5.From("x"u8))))).Must(200);

        Assert.Equal($"\"{md5}\"", put.ETag);
        Assert.Equal(put.ETag, (await Admin.HeadAsync("/box/m")).ETag);
        Assert.Equal(put.ETag, (await Admin.GetAsync("/box?list-type=2")).First("ETag"));
        (await Admin.GetAsync("/box/m", ("If-None-Match", put.ETag))).Must(304);
        (await Admin.PutAsync("/box/copy", "", ("x-amz-copy-source", "/box/m"), ("x-amz-metadata-directive", "REPLACE"))).Must(200);
        Assert.Equal(put.ETag, (await Admin.HeadAsync("/box/copy")).ETag);
        (await Admin.PutAsync("/box/m", "x")).Must(200);
        Assert.EndsWith("-1\"", (await Admin.HeadAsync("/box/m")).ETag, StringComparison.Ordinal);
    }

    [Fact]
    public void Digests_of_other_bytes_do_not_count()
    {
        var checksum = new ObjectChecksum(ChecksumAlgorithm.Crc32, "jLI2XQ==", IsComposite: false);
        BlobHash hash = BlobHash.Compute("x"u8);
        string md5 = Convert.ToHexStringLower(Md5.From("x"u8));
        var none = new Entry { Kind = EntryKind.File, Hash = hash, Size = 1 };
        Entry entry = ObjectAttributes.WithDigests(none, hash, checksum, md5);

        // As another door leaves the metadata when it puts other bytes.
        Entry other = entry with { Hash = BlobHash.Compute("y"u8) };

        Assert.Equal(($"\"{md5}\"", checksum), (ETags.For(entry), ObjectAttributes.Checksum(entry)));
        Assert.Null(ObjectAttributes.Checksum(other));
        Assert.Equal(ETags.For(none with { Hash = other.Hash }), ETags.For(other));
        foreach (string wrong in (string[])["", "@", md5[1..], md5 + "-", md5 + "-x", md5.ToUpperInvariant(), md5[1..] + "\"", md5 + "-12345678"])
        {
            Assert.Equal(ETags.For(none), ETags.For(ObjectAttributes.With(none, ObjectAttributes.Md5Name, wrong)));
        }
    }

    [Fact]
    public async Task What_a_client_says_of_its_bytes_is_checked_before_anything_is_stored()
    {
        string md5 = "ndTkYSaMgDT1yFZOFVxnpg==";
        string crc = Convert.ToBase64String(Convert.FromHexString("CBF43926"));

        (await Admin.PutAsync("/box/m", "y", ("Content-MD5", md5))).MustRefuse(400, "BadDigest");
        (await Admin.PutAsync("/box/m", "y", ("Content-MD5", "short"))).MustRefuse(400, "InvalidDigest");
        (await Admin.PutAsync("/box/m", "y", ("x-amz-checksum-crc32", crc))).MustRefuse(400, "BadDigest");
        (await Admin.PutAsync("/box/m", "y", ("x-amz-checksum-crc32", "xx"))).MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/m", "y", ("x-amz-content-sha256", Convert.ToHexStringLower(SHA256.HashData("z"u8)))))
            .MustRefuse(400, "XAmzContentSHA256Mismatch");
        (await Admin.GetAsync("/box/m")).MustRefuse(404, "NoSuchKey");

        (await Admin.PutAsync("/box/m", "x", ("Content-MD5", md5))).Must(200);
        S3Answer put = (await Admin.PutAsync("/box/m", "123456789", ("x-amz-checksum-crc32", crc))).Must(200);
        Assert.Equal(crc, put.Headers["x-amz-checksum-crc32"]);
        S3Answer got = await Admin.GetAsync("/box/m", ("x-amz-checksum-mode", "ENABLED"));
        Assert.Equal((crc, "FULL_OBJECT"), (got.Headers["x-amz-checksum-crc32"], got.Headers["x-amz-checksum-type"]));
    }

    [Fact]
    public async Task An_object_without_a_checksum_of_its_own_shows_its_sha256()
    {
        (await Admin.PutAsync("/box/s", "x")).Must(200);

        S3Answer got = await Admin.HeadAsync("/box/s", ("x-amz-checksum-mode", "ENABLED"));

        Assert.Equal(Convert.ToBase64String(SHA256.HashData("x"u8)), got.Headers["x-amz-checksum-sha256"]);
    }

    [Theory]
    [InlineData("/box//a", "InvalidArgument")]
    [InlineData("/box/a//b", "InvalidArgument")]
    [InlineData("/box/./a", "InvalidArgument")]
    [InlineData("/box/a/../b", "InvalidArgument")]
    public async Task A_key_that_no_folder_could_hold_is_refused(string target, string code)
    {
        (await Admin.PutAsync(target, "x")).MustRefuse(400, code);
        Assert.InRange((await Admin.GetAsync(target)).Status, 400, 404);
    }

    [Fact]
    public async Task A_key_that_is_not_UTF8_is_refused()
    {
        using HttpRequestMessage request = _door.Nobody.Request("GET", "/box/%ff");

        (await _door.Nobody.SendAsync(request)).MustRefuse(400, "InvalidURI");
    }

    [Fact]
    public async Task A_key_has_at_most_1024_bytes()
    {
        (await Admin.PutAsync("/box/" + new string('k', 1024), "x")).Must(200);
        (await Admin.PutAsync("/box/" + new string('k', 1025), "x")).MustRefuse(400, "KeyTooLongError");
        Assert.Equal("x", (await Admin.GetAsync("/box/" + new string('k', 1024))).Text);
    }

    [Theory]
    [InlineData("plus+sign", "plus%2Bsign")]
    [InlineData("per%25cent", "per%25cent")]
    [InlineData("sla%2Fsh", "sla/sh")]
    [InlineData("emoji-%F0%9F%98%80", "emoji-%F0%9F%98%80")]
    [InlineData("a&b=c;d,e:f@g", "a%26b%3Dc%3Bd%2Ce%3Af%40g")]
    [InlineData("tilde~star*paren()", "tilde~star%2Aparen%28%29")]
    public async Task Awkward_keys_are_the_same_however_they_are_escaped(string one, string other)
    {
        (await Admin.PutAsync("/box/" + one, one)).Must(200);

        Assert.Equal(one, (await Admin.GetAsync("/box/" + other)).Must(200).Text);
    }

    [Fact]
    public async Task A_key_is_a_file_or_a_directory_never_both()
    {
        (await Admin.PutAsync("/box/dir/file", "x")).Must(200);

        (await Admin.PutAsync("/box/dir", "x")).MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/dir/file/below", "x")).MustRefuse(400, "InvalidRequest");
    }

    [Fact]
    public async Task A_key_that_ends_with_a_slash_is_an_empty_directory()
    {
        (await Admin.PutAsync("/box/empty/", "", ("x-amz-meta-mode", "16877"))).Must(200);

        S3Answer head = (await Admin.HeadAsync("/box/empty/")).Must(200);
        Assert.Equal("16877", head.Headers["x-amz-meta-mode"]);
        (await Admin.HeadAsync("/box/empty")).Must(404);
        (await Admin.PutAsync("/box/other/", "bytes")).MustRefuse(400, "InvalidArgument");
        Assert.Equal(["empty/"], (await Admin.GetAsync("/box?list-type=2")).All("Key"));
        Assert.Equal("empty/", (await Admin.GetAsync("/box?list-type=2&delimiter=/")).Xml.Descendants().Last().Value);
        Assert.Equal(["empty/"], (await Admin.GetAsync("/box?list-type=2&prefix=empty/&delimiter=/")).All("Key"));
        (await Admin.DeleteAsync("/box/empty")).Must(204);
        (await Admin.HeadAsync("/box/empty/")).Must(200);
        (await Admin.DeleteAsync("/box/empty/")).Must(204);
        (await Admin.HeadAsync("/box/empty/")).Must(404);
    }

    [Fact]
    public async Task A_file_and_a_directory_of_one_name_never_replace_each_other()
    {
        (await Admin.PutAsync("/box/x", "hello")).Must(200);
        (await Admin.PutAsync("/box/e/", "", ("x-amz-meta-mode", "16877"))).Must(200);
        string id = (await Admin.PostAsync("/box/e?uploads")).Must(200).First("UploadId")!;
        string part = (await Admin.PutAsync($"/box/e?partNumber=1&uploadId={id}", "part")).Must(200).ETag;

        (await Admin.PutAsync("/box/x/", "")).MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/x/", "", ("x-amz-copy-source", "/box/e/"))).MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/e", "file")).MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/e", "", ("x-amz-copy-source", "/box/x"))).MustRefuse(400, "InvalidRequest");
        (await Admin.PostAsync(
            $"/box/e?uploadId={id}",
            $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part}</ETag></Part></CompleteMultipartUpload>"))
            .MustRefuse(400, "InvalidRequest");

        Assert.Equal("hello", (await Admin.GetAsync("/box/x")).Must(200).Text);
        Assert.Equal("16877", (await Admin.HeadAsync("/box/e/")).Must(200).Headers["x-amz-meta-mode"]);
        Assert.Equal(["e/", "x"], (await Admin.GetAsync("/box?list-type=2")).All("Key"));
    }

    [Fact]
    public async Task Of_a_file_and_a_directory_put_at_once_the_acknowledged_one_stays()
    {
        for (int i = 0; i < 20; i++)
        {
            string[] keys = [$"r{i}", $"r{i}/", $"r{i}/b"];
            S3Answer[] answers = await Task.WhenAll(keys.Select(key => Admin.PutAsync("/box/" + key, key.EndsWith('/') ? "" : "x")));

            string[] there = (await Admin.GetAsync($"/box?list-type=2&prefix=r{i}")).All("Key")
                .Where(key => key.Split('/')[0] == $"r{i}").ToArray();
            string[] put = [.. keys.Where((_, at) => answers[at].Status == 200)];
            Assert.True(put.All(there.Contains), string.Join(' ', put));
            Assert.False(there.Contains($"r{i}") && there.Length > 1, string.Join(' ', there));
        }
    }

    /// <summary>
    /// Clients' case nfd-sync: listed in another spelling, a key would be one too many for a sync, and its own would be missing.
    /// </summary>
    [Fact]
    public async Task A_key_in_another_form_of_Unicode_is_refused_and_names_no_object()
    {
        const string Composed = "caf%C3%A9", Decomposed = "cafe%CC%81";
        (await Admin.PutAsync("/box/" + Composed, "x")).Must(200);
        (await Admin.PutAsync("/box/d%C3%A9/y", "y")).Must(200);

        (await Admin.PutAsync("/box/" + Decomposed, "x")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync("/box/de%CC%81/z", "x")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync("/box/%E2%84%AB", "singleton")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync("/box/" + Decomposed, "", ("x-amz-copy-source", "/box/" + Composed))).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync("/box/other", "", ("x-amz-copy-source", "/box/" + Decomposed))).MustRefuse(404, "NoSuchKey");
        (await Admin.PostAsync($"/box/{Decomposed}?uploads")).MustRefuse(400, "InvalidArgument");
        (await Admin.GetAsync("/box/" + Decomposed)).MustRefuse(404, "NoSuchKey");
        (await Admin.DeleteAsync("/box/" + Decomposed)).Must(204);
        Assert.Empty((await Admin.GetAsync("/box?list-type=2&prefix=de%CC%81/")).Must(200).All("Key"));

        Assert.Equal(["café", "dé/y"], (await Admin.GetAsync("/box?list-type=2")).All("Key"));
    }

    [Fact]
    public async Task Deleting_a_missing_object_succeeds()
    {
        (await Admin.DeleteAsync("/box/nothing")).Must(204);
        (await Admin.DeleteAsync("/box/a//b")).Must(204);
        (await Admin.DeleteAsync("/nobox/nothing")).MustRefuse(404, "NoSuchBucket");
    }

    [Fact]
    public async Task A_bulk_delete_removes_many_keys_and_reports_each_refused_key()
    {
        foreach (int i in Enumerable.Range(0, 5))
        {
            (await Admin.PutAsync($"/box/k{i}", "x")).Must(200);
        }

        S3Answer answer = (await Admin.PostAsync(
            "/box?delete",
            "<Delete><Object><Key>k0</Key></Object><Object><Key>k1</Key></Object><Object><Key>no</Key></Object>"
            + "<Object><Key>k2</Key><VersionId>1</VersionId></Object></Delete>")).Must(200);

        Assert.Equal(["k0", "k1", "no"], answer.Xml.Elements().Where(e => e.Name.LocalName == "Deleted").Select(e => e.Value));
        Assert.Equal(["k2"], answer.Xml.Elements().Where(e => e.Name.LocalName == "Error").Select(e => e.Elements().First().Value));
        Assert.Equal(["k2", "k3", "k4"], (await Admin.GetAsync("/box?list-type=2")).All("Key"));
    }

    [Fact]
    public async Task A_copy_has_the_same_bytes_and_the_requested_metadata()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(3_000_000);
        string tag = (await Admin.PutAsync("/box/from%20me", bytes, ("Content-Type", "a/b"), ("x-amz-meta-x", "1"))).Must(200).ETag;
        (await Admin.PutAsync("/other")).Must(200);

        S3Answer copied = (await Admin.PutAsync("/other/to", "", ("x-amz-copy-source", "/box/from%20me"))).Must(200);
        (await Admin.PutAsync("/box/re", "", ("x-amz-copy-source", "box/from%20me"), ("x-amz-metadata-directive", "REPLACE"), ("x-amz-meta-y", "2"))).Must(200);

        Assert.Equal(tag, copied.First("ETag"));
        S3Answer got = (await Admin.GetAsync("/other/to")).Must(200);
        Assert.Equal(bytes, got.Body);
        Assert.Equal(("a/b", "1"), (got.Headers["Content-Type"], got.Headers["x-amz-meta-x"]));
        S3Answer replaced = (await Admin.HeadAsync("/box/re")).Must(200);
        Assert.Equal("2", replaced.Headers["x-amz-meta-y"]);
        Assert.False(replaced.Headers.ContainsKey("x-amz-meta-x"));
        (await Admin.PutAsync("/box/re", "", ("x-amz-copy-source", "box/re"))).MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/re", "", ("x-amz-copy-source", "box/re"), ("x-amz-storage-class", "STANDARD"))).Must(200);
        Assert.Equal("2", (await Admin.HeadAsync("/box/re")).Must(200).Headers["x-amz-meta-y"]);
        (await Admin.PutAsync("/box/z", "", ("x-amz-copy-source", "box/none"))).MustRefuse(404, "NoSuchKey");
        (await Admin.PutAsync("/box/z", "", ("x-amz-copy-source", "box/re"), ("x-amz-copy-source-if-match", "\"0-1\""))).MustRefuse(412, "PreconditionFailed");
    }

    [Fact]
    public async Task A_wrong_expected_bucket_owner_is_refused()
    {
        (await Admin.PutAsync("/box/x", "x", ("x-amz-expected-bucket-owner", _door.Owner))).Must(200);
        (await Admin.GetAsync("/box/x", ("x-amz-expected-bucket-owner", _door.Owner))).Must(200);
        (await Admin.GetAsync("/box/x", ("x-amz-expected-bucket-owner", "111122223333"))).MustRefuse(403, "AccessDenied");
        (await Admin.PutAsync("/box/y", "y", ("x-amz-expected-bucket-owner", "111122223333"))).MustRefuse(403, "AccessDenied");
    }

    [Fact]
    public async Task A_document_that_blows_up_is_refused_and_the_server_unharmed()
    {
        string bomb = "<!DOCTYPE t [<!ENTITY a \"aaaaaaaaaa\">" + string.Concat(Enumerable.Range(1, 9).Select(
            i => $"<!ENTITY {(char)('a' + i)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + i - 1)};", 10))}\">")) + "]><Tagging>&j;</Tagging>";
        (await Admin.PutAsync("/box/x", "x")).Must(200);

        (await Admin.PutAsync("/box/x?tagging", bomb)).MustRefuse(400, "MalformedXML");
        (await Admin.PutAsync("/box/x?tagging", string.Concat(Enumerable.Repeat("<a>", 100_000)))).MustRefuse(400, "MalformedXML");
        (await Admin.PutAsync("/box/x?tagging", new byte[3 << 20])).MustRefuse(400, "MalformedXML");
        (await Admin.PostAsync("/box?delete", "<Delete><Object><Key>x")).MustRefuse(400, "MalformedXML");

        Assert.Equal("x", (await Admin.GetAsync("/box/x")).Must(200).Text);
    }

    [Fact]
    public async Task A_presigned_address_needs_nothing_else_until_it_ends()
    {
        (await Admin.PutAsync("/box/p", "secret")).Must(200);

        S3Answer got = await _door.Nobody.GetAsync(Admin.Presign("GET", "/box/p", 60, "response-content-type=text%2Fx"));
        Assert.Equal(("secret", "text/x"), (got.Must(200).Text, got.Headers["Content-Type"]));
        (await _door.Nobody.PutAsync(Admin.Presign("PUT", "/box/q", 60), "new")).Must(200);
        Assert.Equal("new", (await Admin.GetAsync("/box/q")).Text);
        (await _door.Nobody.GetAsync(Admin.Presign("GET", "/box/p", 60) + "0")).MustRefuse(403, "SignatureDoesNotMatch");
        (await _door.Nobody.GetAsync(Admin.With(TimeSpan.FromSeconds(-120)).Presign("GET", "/box/p", 60))).MustRefuse(403, "AccessDenied");
        (await _door.Nobody.GetAsync(Admin.Presign("GET", "/box/p", 700_000))).MustRefuse(400, "AuthorizationQueryParametersError");
        (await _door.Nobody.GetAsync("/box/p")).MustRefuse(403, "AccessDenied");
    }

    /// <summary>Clients' case 16: `requests` and curl add the password of `~/.netrc`, where `hutch datalad login` wrote a line for the host.</summary>
    [Fact]
    public async Task A_password_that_an_http_library_adds_is_no_signature()
    {
        (await Admin.PutAsync("/box/p", "secret")).Must(200);
        (string, string) password = ("Authorization", "Basic " + Convert.ToBase64String("ada:token"u8));
        string target = Admin.Presign("GET", "/box/p", 60);

        Assert.Equal("secret", (await _door.Nobody.GetAsync(target, password)).Must(200).Text);
        (await _door.Nobody.GetAsync(target + "0", password)).MustRefuse(403, "SignatureDoesNotMatch");
        (await _door.Nobody.GetAsync("/box/p", password)).MustRefuse(403, "AccessDenied");
        (await _door.Nobody.GetAsync(target, ("Authorization", "Bearer x"))).MustRefuse(400, "InvalidRequest");
    }

    [Fact]
    public async Task Missing_keys_and_buckets_and_unsupported_features_have_specific_error_codes()
    {
        (await Admin.GetAsync("/box/none")).MustRefuse(404, "NoSuchKey");
        (await Admin.GetAsync("/nobox/none")).MustRefuse(404, "NoSuchBucket");
        (await Admin.GetAsync("/Not_A_Bucket/none")).MustRefuse(400, "InvalidBucketName");
        (await Admin.PutAsync("/box?versioning", "<x/>")).MustRefuse(501, "NotImplemented");
        (await Admin.PutAsync("/box/x", "x", ("x-amz-storage-class", "GLACIER"))).MustRefuse(400, "InvalidStorageClass");
        (await Admin.PutAsync("/box/x", "x", ("x-amz-acl", "public-read"))).MustRefuse(501, "NotImplemented");
    }

    [Fact]
    public async Task What_comes_by_rest_is_there_at_once_and_the_other_way_round()
    {
        (await Admin.PutAsync("/box/from-s3", "1")).Must(200);
        string id = System.Text.Json.JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=box")).RootElement.GetProperty("id").GetString()!;

        using var put = new HttpRequestMessage(HttpMethod.Put, new Uri(_door.Rest, $"api/v1/datasets/{id}/entries/from-rest"));
        put.Headers.Authorization = new("Bearer", _door.AdminToken);
        put.Content = new ByteArrayContent(Encoding.UTF8.GetBytes("2"));
        (await _door.Http.SendAsync(put, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        Assert.Equal("1", await _door.RestAsync(HttpMethod.Get, $"datasets/{id}/entries/from-s3"));
        Assert.Equal("2", (await Admin.GetAsync("/box/from-rest")).Must(200).Text);
        Assert.Equal("2", (await Admin.GetAsync($"/{id}/from-rest")).Must(200).Text);
        Assert.Equal("2", (await Admin.GetAsync($"/{_door.Owner}.box/from-rest")).Must(200).Text);
    }

    /// <summary>Removes <c>x</c> by a list; the code of its refusal, or null.</summary>
    private async Task<string?> RemoveAsync(string conditions) =>
        (await Admin.PostAsync("/box?delete", $"<Delete><Object><Key>x</Key>{conditions}</Object></Delete>")).Must(200).First("Code");
}

using System.Security.Cryptography;
using Hutch.Model.Site;
using Hutch.S3.Checksums;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

public sealed class UploadTests(SharedDoor shared) : IClassFixture<SharedDoor>, IAsyncLifetime
{
    private const int PartBytes = 5 << 20;

    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await Admin.PutAsync("/box")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Theory]
    [InlineData("1 2 3")]
    [InlineData("3 1 2")]
    [InlineData("2 3 1 2")]
    public async Task Parts_make_the_object_in_whatever_order_they_come(string order)
    {
        byte[][] parts = [RandomNumberGenerator.GetBytes(PartBytes), RandomNumberGenerator.GetBytes(PartBytes + 1), RandomNumberGenerator.GetBytes(77)];
        string id = await StartAsync("/box/big");
        var tags = new string[3];
        foreach (int number in order.Split(' ').Select(int.Parse))
        {
            tags[number - 1] = (await Admin.PutAsync($"/box/big?partNumber={number}&uploadId={id}", parts[number - 1])).Must(200).ETag;
        }

        (await Admin.GetAsync("/box/big")).MustRefuse(404, "NoSuchKey");
        Assert.Equal(["1", "2", "3"], (await Admin.GetAsync($"/box/big?uploadId={id}")).All("PartNumber"));
        S3Answer completed = (await CompleteAsync("/box/big", id, tags)).Must(200);

        byte[] whole = [.. parts[0], .. parts[1], .. parts[2]];
        string tag = "\"" + Convert.ToHexStringLower(SHA256.HashData(whole))[..32] + "-1\"";
        Assert.Equal(tag, completed.First("ETag"));
        S3Answer got = (await Admin.GetAsync("/box/big")).Must(200);
        Assert.Equal(whole, got.Body);
        Assert.Equal(tag, got.ETag);
        S3Answer second = (await Admin.GetAsync("/box/big?partNumber=2")).Must(206);
        Assert.Equal(parts[1], second.Body);
        Assert.Equal("3", second.Headers["x-amz-mp-parts-count"]);
        Assert.Equal(whole[(PartBytes - 3)..(PartBytes + 3)], (await Admin.GetAsync("/box/big", ("Range", $"bytes={PartBytes - 3}-{PartBytes + 2}"))).Body);
        (await Admin.GetAsync("/box/big?partNumber=4")).MustRefuse(416, "InvalidPartNumber");
        (await Admin.GetAsync($"/box/big?uploadId={id}")).MustRefuse(404, "NoSuchUpload");
    }

    [Fact]
    public async Task Parts_of_incomplete_uploads_count_towards_the_quota_until_the_upload_is_aborted()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        _ = (await _door.Site.Quotas.SetAsync(new OwnerQuota(_door.Owner, 100_000, null), "operator", ct)).Value;
        string one = await StartAsync("/box/one");
        string two = await StartAsync("/box/two");

        (await Admin.PutAsync($"/box/one?partNumber=1&uploadId={one}", RandomNumberGenerator.GetBytes(90_000))).Must(200);
        (await Admin.PutAsync($"/box/two?partNumber=1&uploadId={two}", RandomNumberGenerator.GetBytes(90_000)))
            .MustRefuse(507, "InsufficientStorage");
        (await Admin.PutAsync($"/box/one?partNumber=1&uploadId={one}", RandomNumberGenerator.GetBytes(91_000))).Must(200);
        (await Admin.DeleteAsync($"/box/one?uploadId={one}")).Must(204);

        (await Admin.PutAsync($"/box/two?partNumber=1&uploadId={two}", RandomNumberGenerator.GetBytes(90_000))).Must(200);
        _ = (await _door.Site.Quotas.SetAsync(new OwnerQuota(_door.Owner, null, null), "operator", ct)).Value;
    }

    [Fact]
    public async Task Completing_again_answers_the_same()
    {
        string id = await StartAsync("/box/again");
        string tag = (await Admin.PutAsync($"/box/again?partNumber=1&uploadId={id}", "small")).Must(200).ETag;

        S3Answer first = (await CompleteAsync("/box/again", id, tag)).Must(200);
        S3Answer second = (await CompleteAsync("/box/again", id, tag)).Must(200);

        Assert.Equal(first.First("ETag"), second.First("ETag"));
        Assert.Equal("small", (await Admin.GetAsync("/box/again")).Text);
    }

    [Fact]
    public async Task A_completion_is_checked()
    {
        string id = await StartAsync("/box/c");
        string one = (await Admin.PutAsync($"/box/c?partNumber=1&uploadId={id}", "too small")).Must(200).ETag;
        string two = (await Admin.PutAsync($"/box/c?partNumber=2&uploadId={id}", "last")).Must(200).ETag;

        (await CompleteAsync("/box/c", id, one, two)).MustRefuse(400, "EntityTooSmall");
        (await CompleteAsync("/box/c", id, two)).MustRefuse(400, "InvalidPart");
        (await Admin.PostAsync($"/box/c?uploadId={id}", Document((2, two), (1, one)))).MustRefuse(400, "InvalidPartOrder");
        (await Admin.PostAsync($"/box/c?uploadId={id}", "<CompleteMultipartUpload/>")).MustRefuse(400, "MalformedXML");
        (await Admin.PostAsync($"/box/c?uploadId={id}", Document([.. Enumerable.Range(1, 10_001).Select(i => (i, one))]))).MustRefuse(400, "MalformedXML");
        (await Admin.PutAsync($"/box/c?partNumber=10001&uploadId={id}", "x")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync($"/box/c?partNumber=0&uploadId={id}", "x")).MustRefuse(400, "InvalidArgument");
        (await Admin.PutAsync($"/box/other?partNumber=1&uploadId={id}", "x")).MustRefuse(404, "NoSuchUpload");
        (await CompleteAsync("/box/c", "0123", one)).MustRefuse(404, "NoSuchUpload");
        (await Admin.GetAsync("/box/c")).MustRefuse(404, "NoSuchKey");
        (await CompleteAsync("/box/c", id, one)).Must(200);
    }

    [Fact]
    public async Task An_aborted_upload_leaves_nothing()
    {
        string id = await StartAsync("/box/d");
        (await Admin.PutAsync($"/box/d?partNumber=1&uploadId={id}", "x")).Must(200);
        Assert.Equal(["d"], (await Admin.GetAsync("/box?uploads")).All("Key"));

        (await Admin.DeleteAsync($"/box/d?uploadId={id}")).Must(204);

        Assert.Empty((await Admin.GetAsync("/box?uploads")).All("Key"));
        (await Admin.PutAsync($"/box/d?partNumber=1&uploadId={id}", "x")).MustRefuse(404, "NoSuchUpload");
        (await Admin.DeleteAsync($"/box/d?uploadId={id}")).MustRefuse(404, "NoSuchUpload");
        (await Admin.DeleteAsync("/box")).Must(204);
    }

    [Fact]
    public async Task Uploads_go_on_after_a_restart()
    {
        await _door.DisposeAsync();
        _door = await TestDoor.StartAsync(); // its own, for the restart
        (await Admin.PutAsync("/box")).Must(200);
        byte[] first = RandomNumberGenerator.GetBytes(PartBytes);
        string id = await StartAsync("/box/r", ("x-amz-meta-a", "b"));
        string one = (await Admin.PutAsync($"/box/r?partNumber=1&uploadId={id}", first)).Must(200).ETag;
        await _door.RestartAsync();
        string two = (await Admin.PutAsync($"/box/r?partNumber=2&uploadId={id}", "end")).Must(200).ETag;

        (await CompleteAsync("/box/r", id, one, two)).Must(200);

        S3Answer got = (await Admin.GetAsync("/box/r")).Must(200);
        Assert.Equal(first.Concat(System.Text.Encoding.UTF8.GetBytes("end")), got.Body);
        Assert.Equal("b", got.Headers["x-amz-meta-a"]);
    }

    [Fact]
    public async Task Parts_are_copied_from_objects()
    {
        byte[] source = RandomNumberGenerator.GetBytes(PartBytes + 100);
        (await Admin.PutAsync("/box/source", source)).Must(200);
        string id = await StartAsync("/box/target");

        string one = (await Admin.PutAsync($"/box/target?partNumber=1&uploadId={id}", "", ("x-amz-copy-source", "/box/source"), ("x-amz-copy-source-range", $"bytes=50-{PartBytes + 49}")))
            .Must(200).First("ETag")!;
        string two = (await Admin.PutAsync($"/box/target?partNumber=2&uploadId={id}", "", ("x-amz-copy-source", "/box/source"))).Must(200).First("ETag")!;
        (await Admin.PutAsync($"/box/target?partNumber=3&uploadId={id}", "", ("x-amz-copy-source", "/box/source"), ("x-amz-copy-source-range", "bytes=9999999-")))
            .MustRefuse(400, "InvalidArgument");
        (await CompleteAsync("/box/target", id, one, two)).Must(200);

        byte[] expected = [.. source[50..(PartBytes + 50)], .. source];
        Assert.Equal(expected, (await Admin.GetAsync("/box/target")).Body);
    }

    [Theory]
    [InlineData("CRC32", null)]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("CRC32C", "FULL_OBJECT")]
    [InlineData("CRC64NVME", null)]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task The_checksum_of_the_whole_follows_from_the_parts(string name, string? type)
    {
        Assert.True(ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm));
        byte[][] parts = [RandomNumberGenerator.GetBytes(PartBytes), RandomNumberGenerator.GetBytes(1234)];
        (string, string)[] wanted = [("x-amz-checksum-algorithm", name), .. type is null ? [] : new[] { ("x-amz-checksum-type", type) }];
        string id = await StartAsync("/box/sum", wanted);
        var tags = new List<string>();
        for (int i = 0; i < parts.Length; i++)
        {
            S3Answer put = await Admin.PutAsync($"/box/sum?partNumber={i + 1}&uploadId={id}", parts[i]);
            Assert.Equal(Value(algorithm, parts[i]), put.Must(200).Headers[algorithm.HeaderName]);
            tags.Add(put.ETag);
        }

        S3Answer completed = (await CompleteAsync("/box/sum", id, [.. tags])).Must(200);

        bool isFull = type == "FULL_OBJECT" || name == "CRC64NVME";
        string expected = isFull
            ? Value(algorithm, [.. parts[0], .. parts[1]])
            : Value(algorithm, [.. Convert.FromBase64String(Value(algorithm, parts[0])), .. Convert.FromBase64String(Value(algorithm, parts[1]))]) + "-2";
        Assert.Equal(expected, completed.First(algorithm.ElementName));
        S3Answer attributes = await Admin.GetAsync("/box/sum?attributes", ("x-amz-object-attributes", "ETag,Checksum,ObjectParts,ObjectSize"));
        Assert.Equal(isFull ? expected : expected[..^2], attributes.First(algorithm.ElementName));
        Assert.Equal("2", attributes.First("PartsCount"));
        Assert.Equal((PartBytes + 1234).ToString(), attributes.First("ObjectSize"));
    }

    [Theory]
    [InlineData("CRC32", null)]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("CRC32C", "COMPOSITE")]
    [InlineData("CRC64NVME", null)]
    [InlineData("SHA1", null)]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task What_a_completion_says_of_the_object_is_compared_with_the_object(string name, string? type)
    {
        Assert.True(ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm));
        byte[][] parts = [RandomNumberGenerator.GetBytes(PartBytes), RandomNumberGenerator.GetBytes(1234)];
        (string, string)[] wanted = [("x-amz-checksum-algorithm", name), .. type is null ? [] : new[] { ("x-amz-checksum-type", type) }];
        string id = await StartAsync("/box/sum", wanted);
        string[] tags = await PutPartsAsync("/box/sum", id, parts);
        bool isFull = type == "FULL_OBJECT" || name == "CRC64NVME";
        string value = isFull
            ? Value(algorithm, [.. parts[0], .. parts[1]])
            : Value(algorithm, [.. Convert.FromBase64String(Value(algorithm, parts[0])), .. Convert.FromBase64String(Value(algorithm, parts[1]))]);
        string header = algorithm.HeaderName;

        (await CompleteWithAsync("/box/sum", id, tags, (header, Value(algorithm, [1])))).MustRefuse(400, "BadDigest");
        (await CompleteWithAsync("/box/sum", id, tags, (header, value + "-3"))).MustRefuse(400, "BadDigest");
        (await CompleteWithAsync("/box/sum", id, tags, (header, "nonsense"))).MustRefuse(400, "InvalidRequest");
        (await CompleteWithAsync("/box/sum", id, tags, (header, value), ("x-amz-checksum-type", isFull ? "COMPOSITE" : "FULL_OBJECT")))
            .MustRefuse(400, "InvalidRequest");
        (await Admin.HeadAsync("/box/sum")).Must(404);
        S3Answer completed = (await CompleteWithAsync("/box/sum", id, tags, (header, isFull ? value : value + "-2"))).Must(200);

        Assert.Equal(isFull ? value : value + "-2", completed.First(algorithm.ElementName));
        Assert.Equal(isFull ? "FULL_OBJECT" : "COMPOSITE", completed.First("ChecksumType"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_checksum_of_the_object_follows_from_the_parts_though_none_was_chosen(bool isFull, bool hasCount)
    {
        ChecksumAlgorithm crc = ChecksumAlgorithm.Crc32C;
        byte[][] parts = [RandomNumberGenerator.GetBytes(PartBytes), RandomNumberGenerator.GetBytes(1234)];
        string id = await StartAsync("/box/late");
        var tags = new List<string>();
        for (int i = 0; i < parts.Length; i++)
        {
            (string, string) sum = (crc.HeaderName, Value(crc, parts[i]));
            tags.Add((await Admin.PutAsync($"/box/late?partNumber={i + 1}&uploadId={id}", parts[i], sum)).Must(200).ETag);
        }

        string value = isFull
            ? Value(crc, [.. parts[0], .. parts[1]])
            : Value(crc, [.. Convert.FromBase64String(Value(crc, parts[0])), .. Convert.FromBase64String(Value(crc, parts[1]))]);
        (await CompleteWithAsync("/box/late", id, [.. tags], (crc.HeaderName, Value(crc, [1])))).MustRefuse(400, "BadDigest");
        (await CompleteWithAsync("/box/late", id, [.. tags], ("x-amz-checksum-sha256", Value(ChecksumAlgorithm.Sha256, [1])))).MustRefuse(400, "InvalidRequest");
        S3Answer completed = (await CompleteWithAsync("/box/late", id, [.. tags], (crc.HeaderName, hasCount ? value + "-2" : value))).Must(200);

        Assert.Equal(isFull ? value : value + "-2", completed.First(crc.ElementName));
    }

    [Fact]
    public async Task The_same_part_again_has_the_same_tag()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(PartBytes);
        string id = await StartAsync("/box/again");

        string first = (await Admin.PutAsync($"/box/again?partNumber=1&uploadId={id}", bytes)).Must(200).ETag;
        string again = (await Admin.PutAsync($"/box/again?partNumber=1&uploadId={id}", bytes)).Must(200).ETag;
        bytes[PartBytes / 2]++;
        string other = (await Admin.PutAsync($"/box/again?partNumber=1&uploadId={id}", bytes)).Must(200).ETag;

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        (await CompleteAsync("/box/again", id, first)).MustRefuse(400, "InvalidPart");
        (await CompleteAsync("/box/again", id, other)).Must(200);
        Assert.Equal(bytes, (await Admin.GetAsync("/box/again")).Body);
    }

    [Fact]
    public async Task The_MD5_of_an_upload_follows_from_those_of_its_parts()
    {
        byte[][] parts = [RandomNumberGenerator.GetBytes(PartBytes), RandomNumberGenerator.GetBytes(10)];
        string id = await StartAsync("/box/md5");
        var tags = new List<string>();
        for (int i = 0; i < parts.Length; i++)
        {
            byte[] md5 = Md5.From(parts[i]);
            tags.Add((await Admin.PutAsync($"/box/md5?partNumber={i + 1}&uploadId={id}", parts[i], ("Content-MD5", Convert.ToBase64String(md5)))).Must(200).ETag);
            Assert.Equal($"\"{Convert.ToHexStringLower(md5)}\"", tags[i]);
        }

        S3Answer completed = (await CompleteAsync("/box/md5", id, [.. tags])).Must(200);

        string expected = Convert.ToHexStringLower(Md5.From([.. Md5.From(parts[0]), .. Md5.From(parts[1])]));
        Assert.Equal($"\"{expected}-2\"", completed.First("ETag"));
        Assert.Equal($"\"{expected}-2\"", (await Admin.HeadAsync("/box/md5")).ETag);
    }

    [Fact]
    public async Task An_option_makes_every_tag_the_MD5()
    {
        await using TestDoor door = await TestDoor.StartAsync(new S3Options { Address = "127.0.0.1:0", StopSeconds = 2, Md5ETags = true });
        (await door.Admin.PutAsync("/box")).Must(200);
        byte[] bytes = RandomNumberGenerator.GetBytes(PartBytes);
        string md5 = Convert.ToHexStringLower(Md5.From(bytes));

        Assert.Equal($"\"{md5}\"", (await door.Admin.PutAsync("/box/plain", bytes)).Must(200).ETag);
        Assert.Equal($"\"{md5}\"", (await door.Admin.HeadAsync("/box/plain")).ETag);
        string id = (await door.Admin.PostAsync("/box/parts?uploads")).Must(200).First("UploadId")!;
        string sent = (await door.Admin.PutAsync($"/box/parts?partNumber=1&uploadId={id}", bytes)).Must(200).ETag;
        string copied = (await door.Admin.PutAsync($"/box/parts?partNumber=2&uploadId={id}", "", ("x-amz-copy-source", "/box/plain"))).Must(200).First("ETag")!;
        Assert.Equal(($"\"{md5}\"", $"\"{md5}\""), (sent, copied));
        S3Answer completed = await door.Admin.PostAsync($"/box/parts?uploadId={id}", Document((1, sent), (2, copied)));
        byte[] whole = Md5.From([.. Md5.From(bytes), .. Md5.From(bytes)]);
        Assert.Equal($"\"{Convert.ToHexStringLower(whole)}-2\"", completed.Must(200).First("ETag"));
    }

    [Fact]
    public async Task The_same_part_listed_twice_is_refused()
    {
        string id = await StartAsync("/box/twice");
        string one = (await Admin.PutAsync($"/box/twice?partNumber=1&uploadId={id}", RandomNumberGenerator.GetBytes(PartBytes))).Must(200).ETag;

        (await Admin.PostAsync($"/box/twice?uploadId={id}", Document((1, one), (1, one)))).MustRefuse(400, "InvalidPartOrder");

        (await Admin.HeadAsync("/box/twice")).Must(404);
        (await CompleteAsync("/box/twice", id, one)).Must(200);
    }

    [Theory]
    [InlineData("bytes=0-100", 416, "InvalidRange")] // clients' review 10
    [InlineData("bytes=100-200", 416, "InvalidRange")]
    [InlineData("bytes=50-")]
    [InlineData("bytes=-50")]
    [InlineData("bytes=9-5")]
    [InlineData("50-60")]
    public async Task A_range_of_a_source_lies_inside_of_it(string range, int status = 400, string code = "InvalidArgument")
    {
        (await Admin.PutAsync("/box/source", new byte[100])).Must(200);
        string id = await StartAsync("/box/target");

        (await Admin.PutAsync($"/box/target?partNumber=1&uploadId={id}", "", ("x-amz-copy-source", "/box/source"), ("x-amz-copy-source-range", range)))
            .MustRefuse(status, code);

        Assert.Empty((await Admin.GetAsync($"/box/target?uploadId={id}")).All("PartNumber"));
    }

    [Fact]
    public async Task A_copied_part_has_the_checksum_of_its_upload()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(PartBytes);
        (await Admin.PutAsync("/box/source", bytes)).Must(200);
        string id = await StartAsync("/box/target", ("x-amz-checksum-algorithm", "CRC32"));

        S3Answer copied = await Admin.PutAsync($"/box/target?partNumber=1&uploadId={id}", "", ("x-amz-copy-source", "/box/source"), ("x-amz-copy-source-range", "bytes=10-99"));

        string crc = Value(ChecksumAlgorithm.Crc32, bytes[10..100]);
        Assert.Equal(crc, copied.Must(200).First("ChecksumCRC32"));
        Assert.Equal(crc, (await Admin.GetAsync($"/box/target?uploadId={id}")).First("ChecksumCRC32"));
        string tag = (await Admin.PutAsync($"/box/target?partNumber=1&uploadId={id}", bytes[10..100])).Must(200).ETag;
        Assert.Equal(tag, copied.First("ETag"));
        (await CompleteAsync("/box/target", id, tag)).Must(200);
    }

    [Fact]
    public async Task What_a_client_says_of_a_part_is_checked()
    {
        string id = await StartAsync("/box/p");

        (await Admin.PutAsync($"/box/p?partNumber=1&uploadId={id}", "x", ("x-amz-content-sha256", Convert.ToHexStringLower(SHA256.HashData("y"u8)))))
            .MustRefuse(400, "XAmzContentSHA256Mismatch");
        (await Admin.PutAsync($"/box/p?partNumber=1&uploadId={id}", "x", ("x-amz-checksum-sha256", Convert.ToBase64String(SHA256.HashData("y"u8)))))
            .MustRefuse(400, "BadDigest");

        Assert.Empty((await Admin.GetAsync($"/box/p?uploadId={id}")).All("PartNumber"));
    }

    [Fact]
    public async Task Uploads_are_listed_by_prefix_and_delimiter_in_pages()
    {
        foreach (string key in (string[])["a/1", "a/2", "b", "c"])
        {
            await StartAsync("/box/" + key);
        }

        Assert.Equal(["a/1", "a/2"], (await Admin.GetAsync("/box?uploads&prefix=a/")).All("Key"));
        S3Answer grouped = await Admin.GetAsync("/box?uploads&delimiter=/");
        Assert.Equal(["b", "c"], grouped.All("Key"));
        Assert.Contains("a/", grouped.All("Prefix"));
        S3Answer page = await Admin.GetAsync("/box?uploads&max-uploads=2");
        Assert.Equal("true", page.First("IsTruncated"));
        S3Answer rest = await Admin.GetAsync($"/box?uploads&key-marker={page.First("NextKeyMarker")}&upload-id-marker={page.First("NextUploadIdMarker")}");
        Assert.Equal(["b", "c"], rest.All("Key"));
    }

    private async Task<string[]> PutPartsAsync(string target, string id, byte[][] parts)
    {
        var tags = new List<string>();
        for (int i = 0; i < parts.Length; i++)
        {
            tags.Add((await Admin.PutAsync($"{target}?partNumber={i + 1}&uploadId={id}", parts[i])).Must(200).ETag);
        }

        return [.. tags];
    }

    private Task<S3Answer> CompleteWithAsync(string target, string id, string[] tags, params (string, string)[] headers) =>
        Admin.PostAsync($"{target}?uploadId={id}", Document([.. tags.Select((tag, i) => (i + 1, tag))]), headers);

    private static string Value(ChecksumAlgorithm algorithm, byte[] bytes)
    {
        using BodyDigest digest = algorithm.Begin();
        digest.Append(bytes);
        return Convert.ToBase64String(digest.Finish());
    }

    private async Task<string> StartAsync(string target, params (string, string)[] headers) =>
        (await Admin.PostAsync(target + "?uploads", "", headers)).Must(200).First("UploadId")!;

    private Task<S3Answer> CompleteAsync(string target, string id, params string[] tags) =>
        Admin.PostAsync($"{target}?uploadId={id}", Document([.. tags.Select((tag, i) => (i + 1, tag))]));

    private static string Document(params (int Number, string Tag)[] parts) =>
        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + string.Concat(parts.Select(part => $"<Part><PartNumber>{part.Number}</PartNumber><ETag>{part.Tag}</ETag></Part>"))
        + "</CompleteMultipartUpload>";
}

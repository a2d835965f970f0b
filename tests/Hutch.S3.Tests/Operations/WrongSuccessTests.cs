using System.Security.Cryptography;
using Hutch.Model.Signatures;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>Requests that ask for something which there is not: passing over that part would be a wrong success.</summary>
public sealed class WrongSuccessTests(WrongSuccessTests.SmallPuts shared) : IClassFixture<WrongSuccessTests.SmallPuts>, IAsyncLifetime
{
    private const string Tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";

    private TestDoor _door = null!;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await shared.EnterAsync();
        (await Admin.PutAsync("/box")).Must(200);
        (await Admin.PutAsync("/empty")).Must(200);
        (await Admin.PutAsync("/box/x", "kept")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Theory]
    [InlineData("DELETE", "/empty?acl", 405)]
    [InlineData("DELETE", "/empty?uploads", 405)]
    [InlineData("DELETE", "/empty?versioning", 405)]
    [InlineData("DELETE", "/empty?metadataTable", 501)]
    [InlineData("PUT", "/new?abac", 501)]
    [InlineData("GET", "/box?metadataTable", 501)]
    [InlineData("GET", "/box?session", 501)]
    [InlineData("PUT", "/box/x?renameObject", 501)]
    [InlineData("PUT", "/box/x?encryption", 405)]
    [InlineData("PUT", "/box/x?uploadId=0123", 405)]
    [InlineData("PUT", "/box/x?partNumber=1", 405)]
    [InlineData("PUT", "/box/x?uploads", 405)]
    [InlineData("PUT", "/box/x?attributes", 405)]
    [InlineData("DELETE", "/box/x?acl", 405)]
    [InlineData("DELETE", "/box/x?uploads", 405)]
    [InlineData("GET", "/box/x?uploads", 405)]
    public async Task A_part_of_a_bucket_or_object_that_there_is_not_is_refused_and_nothing_happens(string method, string target, int status)
    {
        (await Admin.SendAsync(method, target, null)).MustRefuse(status, status == 501 ? "NotImplemented" : "MethodNotAllowed");

        Assert.Equal("kept", (await Admin.GetAsync("/box/x")).Must(200).Text);
        (await Admin.HeadAsync("/empty")).Must(200);
        (await Admin.HeadAsync("/new")).Must(404);
    }

    [Theory]
    [InlineData("GET", "/box/x?cache-buster")]
    [InlineData("GET", "/box/x?x-id=GetObject&partNumber=1")]
    [InlineData("GET", "/box?prefix=&delimiter=&marker=&max-keys=&encoding-type=")]
    [InlineData("GET", "/box?list-type=2&prefix=&start-after=&fetch-owner=&x-id=ListObjectsV2")]
    [InlineData("PUT", "/box/y?x-id=PutObject&mine=1")]
    public async Task Names_that_change_nothing_do_not_disturb(string method, string target) =>
        Assert.InRange((await Admin.SendAsync(method, target, null)).Status, 200, 206);

    [Fact]
    public async Task A_version_is_never_written_to()
    {
        foreach (S3Answer answer in (S3Answer[])
            [
                await Admin.PutAsync("/box/x?versionId=1", "new"), await Admin.DeleteAsync("/box/x?versionId=1"),
                await Admin.PutAsync("/box/x?tagging&versionId=1", Tags), await Admin.DeleteAsync("/box/x?tagging&versionId=1"),
                await Admin.PostAsync("/box/x?uploads&versionId=1"), await Admin.PutAsync("/box/x?versionId=1", "", ("x-amz-copy-source", "/box/x")),
            ])
        {
            answer.MustRefuse(403, "AccessDenied");
        }

        Assert.Equal("kept", (await Admin.GetAsync("/box/x?versionId=null")).Must(200).Text);
        Assert.Empty((await Admin.GetAsync("/box/x?tagging")).All("Key"));
        (await Admin.GetAsync("/box/x?versionId=")).MustRefuse(400, "InvalidArgument");
    }

    [Fact]
    public async Task Queries_about_a_missing_object_or_with_bad_arguments_are_refused()
    {
        (await Admin.GetAsync("/box/none?acl")).MustRefuse(404, "NoSuchKey");
        (await Admin.GetAsync("/box/none?tagging")).MustRefuse(404, "NoSuchKey");
        (await Admin.GetAsync("/box/none?attributes", ("x-amz-object-attributes", "ETag"))).MustRefuse(404, "NoSuchKey");
        (await Admin.GetAsync("/box/x?attributes", ("x-amz-object-attributes", "ETag,Colour"))).MustRefuse(400, "InvalidArgument");
        (await Admin.GetAsync("/box/x?partNumber=1", ("Range", "bytes=0-0"))).MustRefuse(400, "InvalidRequest");
    }

    [Fact]
    public async Task All_operations_on_a_deleted_bucket_are_refused_with_NoSuchBucket()
    {
        (await Admin.DeleteAsync("/empty")).Must(204);

        foreach (string query in (string[])
            [
                "", "?list-type=2", "?versions", "?location", "?versioning", "?acl", "?requestPayment", "?logging", "?tagging", "?lifecycle", "?cors",
                "?policyStatus", "?policy", "?uploads", "/x", "/x?acl", "/x?tagging",
            ])
        {
            (await Admin.GetAsync("/empty" + query)).MustRefuse(404, "NoSuchBucket");
        }

        (await Admin.PutAsync("/empty/x", "1")).MustRefuse(404, "NoSuchBucket");
        (await Admin.PostAsync("/empty/x?uploads")).MustRefuse(404, "NoSuchBucket");
        (await Admin.PostAsync("/empty?delete", "<Delete><Object><Key>x</Key></Object></Delete>")).MustRefuse(404, "NoSuchBucket");
        (await Admin.PutAsync("/empty?tagging", Tags)).MustRefuse(404, "NoSuchBucket");
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "AAAAAA==")]
    [InlineData("x-amz-checksum-xxhash64", "AAAAAAAAAAA=")]
    [InlineData("x-amz-sdk-checksum-algorithm", "MD5")]
    [InlineData("x-amz-sdk-checksum-algorithm", "CRC32", "MD5")]
    [InlineData("x-amz-trailer", "x-amz-checksum-crc32", "x-amz-checksum-sha1")]
    public async Task A_checksum_that_is_not_verified_is_refused(string name, params string[] values)
    {
        string answer = await RawRequest.Signed(_door, "PUT", "/box/sum", SigV4.UnsignedPayload, (name, values)).With(9).SendAsync("123456789"u8.ToArray());

        Assert.Contains("<Code>InvalidRequest</Code>", answer, StringComparison.Ordinal);
        (await Admin.HeadAsync("/box/sum")).Must(404);
    }

    /// <summary>Clients' review 10.</summary>
    [Fact]
    public async Task A_stated_checksum_algorithm_must_match_the_checksum()
    {
        (await Admin.PutAsync("/box/sum", "123456789", ("x-amz-sdk-checksum-algorithm", "SHA256"), ("x-amz-checksum-crc32", "y/Q5Jg==")))
            .MustRefuse(400, "InvalidRequest");
        (await Admin.PutAsync("/box/sum", "123456789", ("x-amz-sdk-checksum-algorithm", "CRC32"), ("x-amz-checksum-crc32", "y/Q5Jg=="))).Must(200);
    }

    /// <summary>Clients' review 7: a copy has the checksum that it asks for.</summary>
    [Fact]
    public async Task A_copy_computes_the_checksum_that_it_asks_for()
    {
        (await Admin.PutAsync("/box/from", "123456789", ("x-amz-checksum-sha256", Convert.ToBase64String(SHA256.HashData("123456789"u8))))).Must(200);

        S3Answer copied = await Admin.PutAsync("/box/to", "", ("x-amz-copy-source", "/box/from"), ("x-amz-checksum-algorithm", "CRC32"));

        Assert.Equal(("y/Q5Jg==", "FULL_OBJECT"), (copied.Must(200).First("ChecksumCRC32"), copied.First("ChecksumType")));
        S3Answer head = (await Admin.HeadAsync("/box/to", ("x-amz-checksum-mode", "ENABLED"))).Must(200);
        Assert.Equal("y/Q5Jg==", head.Headers["x-amz-checksum-crc32"]);
        (await Admin.PutAsync("/box/to2", "", ("x-amz-copy-source", "/box/from"), ("x-amz-checksum-algorithm", "MD4"))).MustRefuse(400, "InvalidRequest");
    }

    /// <summary>Clients' review 11: metadata come back in the encoding in which they were sent, also of a copy.</summary>
    [Fact]
    public async Task Metadata_in_latin_1_and_in_utf_8_come_back_as_they_were_sent()
    {
        foreach (System.Text.Encoding encoding in (System.Text.Encoding[])[System.Text.Encoding.Latin1, System.Text.Encoding.UTF8])
        {
            string put = await RawRequest.Signed(_door, "PUT", "/box/m", SigV4.UnsignedPayload, ("x-amz-meta-m", ["caf\u00e9"])).With(0).SendAsync(encoding);
            Assert.StartsWith("HTTP/1.1 200", put, StringComparison.Ordinal);
            (await Admin.PutAsync("/box/m2", "", ("x-amz-copy-source", "/box/m"))).Must(200);

            foreach (string key in (string[])["m", "m2"])
            {
                string got = await RawRequest.Signed(_door, "HEAD", $"/box/{key}", SigV4.UnsignedPayload).SendAsync(encoding);
                Assert.Contains("x-amz-meta-m: caf\u00e9\r\n", got, StringComparison.Ordinal);
            }
        }
    }

    /// <summary>Clients' review 10.</summary>
    [Fact]
    public async Task Creating_a_bucket_for_an_unknown_owner_explains_how_its_name_is_read()
    {
        S3Answer refused = (await Admin.PutAsync("/aaa.111")).MustRefuse(400, "InvalidBucketName");

        Assert.Contains("'aaa.111' means the dataset '111' of 'aaa'.", refused.First("Message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_with_both_Content_Length_and_Transfer_Encoding_is_refused()
    {
        string answer = await RawRequest.Signed(_door, "PUT", "/box/twice", SigV4.UnsignedPayload)
            .With(5).With("Transfer-Encoding", "chunked").SendAsync("0\r\n\r\nGET /box HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("both Content-Length and Transfer-Encoding", answer, StringComparison.Ordinal);
        Assert.Equal(1, answer.Split("HTTP/1.1 ").Length - 1);
        (await Admin.HeadAsync("/box/twice")).Must(404);
    }

    [Fact]
    public async Task A_body_without_length_is_not_longer_than_one_with()
    {
        string upload = (await Admin.PostAsync("/box/parts?uploads")).Must(200).First("UploadId")!;
        foreach (string target in (string[])["/box/long", $"/box/parts?partNumber=1&uploadId={upload}"])
        {
            using HttpRequestMessage request = Admin.Sign("PUT", target, [], ("x-amz-content-sha256", SigV4.UnsignedPayload));
            request.Content = new StreamContent(new MemoryStream(RandomNumberGenerator.GetBytes(6_000_001)));
            request.Headers.TransferEncodingChunked = true;

            (await Admin.SendAsync(request)).MustRefuse(400, "EntityTooLarge");
        }

        (await Admin.HeadAsync("/box/long")).Must(404);
        Assert.Empty((await Admin.GetAsync($"/box/parts?uploadId={upload}")).All("PartNumber"));
    }

    /// <summary>A server that takes little at once.</summary>
    public sealed class SmallPuts : SharedDoor
    {
        private protected override S3Options Options => new() { Address = "127.0.0.1:0", StopSeconds = 2, MaxPutBytes = 6_000_000 };
    }
}

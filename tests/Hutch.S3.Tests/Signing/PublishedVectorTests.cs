using Hutch.Model.Signatures;
using Hutch.S3.Http;
using Hutch.S3.Signing;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Tests.Signing;

/// <summary>The examples of the S3 API reference ("Authenticating Requests"), with the key that it uses.</summary>
public sealed class PublishedVectorTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Credential = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
    private const string Time = "20130524T000000Z";
    private const string Host = "examplebucket.s3.amazonaws.com";

    private static readonly DateTimeOffset Then = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Key = SigV4.SigningKey(Secret, "20130524", "us-east-1", "s3");

    /// <summary>The examples of the guide "Deriving the signing key".</summary>
    [Theory]
    [InlineData("20120215", "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d")]
    [InlineData("20150830", "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")]
    public void The_chain_from_secret_to_signing_key(string date, string expected) => Assert.Equal(
        expected,
        Convert.ToHexStringLower(SigV4.SigningKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", date, "us-east-1", "iam")));

    [Fact]
    public void Get_object() => AssertSigned(
        "GET",
        "/test.txt",
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ("Range", "bytes=0-9"),
        ("x-amz-content-sha256", SigV4.EmptyHash),
        ("x-amz-date", Time));

    [Fact]
    public void Put_object_with_a_date_and_an_awkward_key() => AssertSigned(
        "PUT",
        "/test$file.text",
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
        ("x-amz-date", Time),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"));

    [Fact]
    public void Get_a_configuration_of_a_bucket() => AssertSigned(
        "GET",
        "/?lifecycle",
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ("x-amz-content-sha256", SigV4.EmptyHash),
        ("x-amz-date", Time));

    [Fact]
    public void List_objects() => AssertSigned(
        "GET",
        "/?max-keys=2&prefix=J",
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ("x-amz-content-sha256", SigV4.EmptyHash),
        ("x-amz-date", Time));

    [Fact]
    public void A_presigned_address()
    {
        string query = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        S3Target target = S3Target.Parse("/test.txt" + query, Host, ["s3.amazonaws.com"]);

        RequestSignature signature = RequestSignature.Read("GET", target, Headers(), Then.AddHours(23), takesVersion2: true)!;

        Assert.Equal("examplebucket", target.Bucket);
        Assert.True(SigV4.Verify(Key, signature.StringToSign, signature.Signature));
    }

    [Fact]
    public void A_body_in_signed_chunks()
    {
        const string Seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
        AssertSigned(
            "PUT",
            "/examplebucket/chunkObject.txt",
            "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
            Seed,
            "s3.amazonaws.com",
            ("Content-Encoding", "aws-chunked"),
            ("Content-Length", "66824"),
            ("x-amz-content-sha256", SigV4.SignedChunks),
            ("x-amz-date", Time),
            ("x-amz-decoded-content-length", "66560"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"));

        using var chunks = new ChunkSignatures(Key, Time, "20130524/us-east-1/s3/aws4_request", Seed);
        chunks.Append(Letters(65536));
        chunks.EndChunk("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
        chunks.Append(Letters(1024));
        chunks.EndChunk("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
        chunks.EndChunk("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
    }

    [Fact]
    public void A_body_in_signed_chunks_with_a_trailer()
    {
        const string Seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
        AssertSigned(
            "PUT",
            "/examplebucket/chunkObject.txt",
            "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
            Seed,
            "s3.amazonaws.com",
            ("Content-Encoding", "aws-chunked"),
            ("x-amz-content-sha256", SigV4.SignedChunksWithTrailer),
            ("x-amz-date", Time),
            ("x-amz-decoded-content-length", "66560"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-trailer", "x-amz-checksum-crc32c"));

        using var chunks = new ChunkSignatures(Key, Time, "20130524/us-east-1/s3/aws4_request", Seed);
        chunks.Append(Letters(65536));
        chunks.EndChunk("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
        chunks.Append(Letters(1024));
        chunks.EndChunk("1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
        chunks.EndChunk("2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
        chunks.CheckTrailer("x-amz-checksum-crc32c:sOO8/Q==\n", "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435");
    }

    private static void AssertSigned(string method, string target, string signedHeaders, string signature, params (string, string)[] headers) =>
        AssertSigned(method, target, signedHeaders, signature, Host, headers);

    private static void AssertSigned(
        string method, string target, string signedHeaders, string signature, string host, params (string, string)[] headers)
    {
        HeaderDictionary all = Headers(headers);
        all["Host"] = host;
        all["Authorization"] = $"AWS4-HMAC-SHA256 Credential={Credential},SignedHeaders={signedHeaders},Signature={signature}";

        RequestSignature read = RequestSignature.Read(method, S3Target.Parse(target, host, ["s3.amazonaws.com"]), all, Then, takesVersion2: true)!;

        Assert.True(SigV4.Verify(Key, read.StringToSign, read.Signature), read.StringToSign);
    }

    private static HeaderDictionary Headers(params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary { ["Host"] = Host };
        foreach ((string name, string value) in headers)
        {
            all[name] = value;
        }

        return all;
    }

    private static byte[] Letters(int count)
    {
        var letters = new byte[count];
        letters.AsSpan().Fill((byte)'a');
        return letters;
    }
}

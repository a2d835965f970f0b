using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Doors;
using Hutch.Model.Signatures;
using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Http;
using Hutch.S3.Operations.Objects;
using Hutch.S3.Signing;
using Hutch.S3.Xml;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Tests.Bodies;

/// <summary>Whatever comes in, the parsers answer with a value or a refusal, never with a fault.</summary>
public sealed class ParserPropertyTests
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(2000);

    /// <summary>Texts that look a little like what is expected.</summary>
    private static readonly Arbitrary<string> Almost = Gen.Elements(
            "AWS4-HMAC-SHA256", " ", ",", "=", "/", "Credential=", "SignedHeaders=", "Signature=", "20130524", "s3", "aws4_request", "host", ";",
            "a", "%", "%2", "%2F", "%zz", "+", "&", "?", "bytes=", "-", "0", "9999999999999999999", "\r\n", "\n", "<", ">", "<a>", "</a>", "<!DOCTYPE a>",
            "&lt;", "&x;", "\u0000", "é", "😀", "\ud800", "chunk-signature=", "x-amz-checksum-crc32:", "//", "..", "x", ":")
        .ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

    [Fact]
    public void Authorization_headers() => Check.One(Often, Prop.ForAll(Almost, text =>
    {
        bool read = AuthorizationHeader.TryParse(text, out AuthorizationHeader? header, out string? fault);
        Assert.True(read ? header is not null : fault is not null);
    }));

    [Fact]
    public void Dates_and_signatures_of_requests() => Check.One(Often, Prop.ForAll(Almost, Almost, (date, authorization) =>
    {
        var headers = new HeaderDictionary
        {
            ["Authorization"] = "AWS4-HMAC-SHA256 Credential=a/20130524/r/s3/aws4_request, SignedHeaders=host;x-amz-date" + authorization + ", Signature=1",
            ["x-amz-content-sha256"] = SigV4.UnsignedPayload,
            ["x-amz-date"] = date,
            ["Date"] = date,
            ["Host"] = "localhost:1",
        };
        try
        {
            RequestSignature? read = RequestSignature.Read("GET", S3Target.Parse("/a/b?" + Uri.EscapeDataString(date), null, []), headers, DateTimeOffset.UnixEpoch, takesVersion2: true);
            Assert.NotNull(read);
        }
        catch (S3Exception)
        {
            // Refused: fine.
        }
    }));

    [Theory]
    [InlineData("20130524T000000Z", true)]
    [InlineData("20130524T000000", false)]
    [InlineData("20130524T250000Z", false)]
    [InlineData("20130230T000000Z", false)]
    [InlineData("Fri, 24 May 2013 00:00:00 GMT", false)]
    [InlineData("99999999T999999Z", false)]
    public void A_date_is_one_or_is_refused(string date, bool isOne)
    {
        var headers = new HeaderDictionary
        {
            ["Authorization"] = "AWS4-HMAC-SHA256 Credential=a/20130524/r/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=1",
            ["x-amz-content-sha256"] = SigV4.UnsignedPayload,
            ["x-amz-date"] = date,
            ["Host"] = "localhost:1",
        };
        void Read() => RequestSignature.Read("GET", S3Target.Parse("/a/b", null, []), headers, new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero), takesVersion2: true);

        if (isOne)
        {
            Read();
        }
        else
        {
            Assert.Equal(S3ErrorCode.AccessDenied, Assert.Throws<S3Exception>(Read).Error.Code);
        }
    }

    [Fact]
    public void Targets_and_queries() => Check.One(Often, Prop.ForAll(Almost, text =>
    {
        try
        {
            S3Target target = S3Target.Parse("/" + text, "bucket.localhost:1", ["localhost"]);
            Assert.Equal("bucket", target.Bucket);
        }
        catch (S3Exception)
        {
            // Refused: fine.
        }
    }));

    [Fact]
    public void Escaping_and_back_is_the_same_text() => Check.One(Often, Prop.ForAll(Almost, text =>
    {
        string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        Assert.True(UriText.TryUnescape(UriText.Escape(valid, keepSlash: false), plusIsSpace: true, out string? back));
        Assert.Equal(valid, back);
    }));

    [Fact]
    public void Documents() => Check.One(Often, Prop.ForAll(Almost, text =>
    {
        try
        {
            _ = XmlBody.Parse(Encoding.UTF8.GetBytes("<a>" + text + "</a>"), "a");
        }
        catch (S3Exception e)
        {
            Assert.Equal(S3ErrorCode.MalformedXml, e.Error.Code);
        }
    }));

    [Fact]
    public void Bombs_of_entities_and_depth_are_refused()
    {
        const string Laughs = "<!DOCTYPE a [<!ENTITY b \"cccccccc\"><!ENTITY d \"&b;&b;&b;&b;\">]><a>&d;&d;&d;</a>";
        Assert.Equal(S3ErrorCode.MalformedXml, Assert.Throws<S3Exception>(() => XmlBody.Parse(Encoding.UTF8.GetBytes(Laughs), "a")).Error.Code);
        string deep = string.Concat(Enumerable.Repeat("<a>", 100_000));
        Assert.Equal(S3ErrorCode.MalformedXml, Assert.Throws<S3Exception>(() => XmlBody.Parse(Encoding.UTF8.GetBytes(deep), "a")).Error.Code);
    }

    [Fact]
    public void Ranges_lie_inside_the_object() => Check.One(Often, Prop.ForAll(Almost, ArbMap.Default.ArbFor<NonNegativeInt>(), (text, size) =>
    {
        (RangeKind kind, long offset, long length) = RangeHeader.Parse("bytes=" + text, size.Get);
        Assert.True(kind != RangeKind.Range || (offset >= 0 && length > 0 && offset + length <= size.Get));
    }));

    [Fact]
    public void Layouts_of_parts_are_read_as_they_were_written() => Check.One(
        Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt[]>(), sizes =>
        {
            long[] wanted = [.. sizes.Select(size => (long)(size.Get % 3))];
            Assert.True(wanted.Length == 0 || PartLayout.Write(wanted) is not { } written || PartLayout.Read(written, wanted.Sum()).SequenceEqual(wanted));
        }));

    [Theory]
    [InlineData("2147483647x0")]
    [InlineData("2147483647x1")]
    [InlineData("10001x0")]
    [InlineData("2x9223372036854775807")]
    [InlineData("9")]
    [InlineData("11")]
    [InlineData("0x10")]
    [InlineData("x")]
    [InlineData("-1,11")]
    [InlineData("10,")]
    public void A_layout_that_does_not_make_the_object_counts_as_none(string attribute) => Assert.Empty(PartLayout.Read(attribute, 10));

    [Fact]
    public void Chunked_bodies_end_in_bytes_or_in_a_refusal() => Check.One(Often, Prop.ForAll(Almost, text =>
    {
        _ = ReadAsync(Encoding.UTF8.GetBytes(text), 100, [3, 1, 7]).GetAwaiter().GetResult();
    }));

    [Fact]
    public void A_chunked_body_is_the_same_however_it_is_cut() => Check.One(
        Config.QuickThrowOnFailure, Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<PositiveInt[]>(), (bytes, cuts) =>
        {
            byte[] framed = [.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. Encoding.ASCII.GetBytes(bytes.Length == 0 ? "\r\n" : "\r\n0\r\n\r\n")];
            byte[]? read = ReadAsync(framed, bytes.Length, [.. cuts.Select(cut => cut.Get), 1]).GetAwaiter().GetResult();
            Assert.Equal(bytes, read);
        }));

    private static async Task<byte[]?> ReadAsync(byte[] framed, long length, int[] cuts)
    {
        var pipe = new Pipe();
        using BodyChecks checks = BodyChecks.Read(new HeaderDictionary(), SigV4.UnsignedChunksWithTrailer, ChecksumAlgorithm.Crc32);
        using var framing = new ChunkFraming(length, checks, null, hasTrailer: true);
        var body = new S3Body(pipe.Reader, checks, framing, long.MaxValue);
        Task feeding = FeedAsync(pipe.Writer, framed, cuts);
        var bytes = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                ReadResult read = await body.ReadAsync(TestContext.Current.CancellationToken);
                bytes.Write(read.Buffer.ToArray());
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return bytes.WrittenSpan.ToArray();
                }
            }
        }
        catch (S3Exception)
        {
            return null;
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await feeding;
        }
    }

    private static async Task FeedAsync(PipeWriter writer, byte[] bytes, int[] cuts)
    {
        int at = 0;
        for (int i = 0; at < bytes.Length; i++)
        {
            int count = Math.Min(bytes.Length - at, 1 + (cuts[i % cuts.Length] % 17));
            FlushResult flushed = await writer.WriteAsync(bytes.AsMemory(at, count));
            at += count;
            if (flushed.IsCompleted)
            {
                break;
            }
        }

        await writer.CompleteAsync();
    }
}

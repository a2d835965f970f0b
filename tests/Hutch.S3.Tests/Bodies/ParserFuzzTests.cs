using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Doors;
using Hutch.Model.Signatures;
using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Http;
using Hutch.S3.Signing;
using Hutch.S3.Tests.Support;
using Hutch.S3.Xml;
using Microsoft.AspNetCore.Http;

namespace Hutch.S3.Tests.Bodies;

/// <summary>
/// Good input, damaged at random: a parser refuses it, or takes it for what it was. Each test says how often it took something, so that a
/// parser which refuses everything, or a damage that damages nothing, fails too.
/// </summary>
public sealed partial class ParserFuzzTests
{
    private const int Rounds = 20_000;
    private const string Scope = "20130524/us-east-1/s3/aws4_request";
    private const string Time = "20130524T000000Z";

    private static readonly byte[] Key = SigV4.SigningKey("secret", "20130524", "us-east-1", "s3");
    private static readonly DateTimeOffset Then = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(SigV4.SignedChunks)]
    [InlineData(SigV4.SignedChunksWithTrailer)]
    [InlineData(SigV4.UnsignedChunksWithTrailer)]
    public async Task A_damaged_chunked_body_is_refused_or_read_as_the_original_bytes(string payload)
    {
        int taken = 0;
        for (int seed = 0; seed < Rounds / 4; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            byte[] framed = Frame(payload, bytes, random);

            byte[]? read = await ReadAsync(payload, seed % 10 == 0 ? framed : Damage.From(framed, random), bytes.Length);

            Assert.True(read is null || read.AsSpan().SequenceEqual(bytes), $"seed {seed}");
            Assert.True(seed % 10 != 0 || read is not null, $"seed {seed} was refused");
            taken += read is null ? 0 : 1;
        }

        Assert.InRange(taken, Rounds / 40, Rounds / 8);
    }

    [Fact]
    public void A_damaged_request_is_refused_or_asks_for_the_same()
    {
        const string Target = "/box/AbC%20b%2B%C3%A9?prefix=x%2Fy&list-type=2&versionId=null&a=";
        var original = new Request("GET", Target, "bytes=0-9", "some  value", "0");
        original = original with { Signature = SigV4.Sign(Key, Read(original)!.StringToSign) };
        int taken = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            Request damaged = (random.Next(5)) switch
            {
                0 => original with { Method = Damage.From(original.Method, random) },
                1 => original with { Range = Damage.From(original.Range, random) },
                2 => original with { Meta = Damage.From(original.Meta, random) },
                3 => original with { Signature = Damage.From(original.Signature, random) },
                _ => original with { Target = Damage.From(original.Target, random) },
            };
            RequestSignature? signature = Read(damaged);
            if (signature is null || !SigV4.Verify(Key, signature.StringToSign, signature.Signature))
            {
                continue;
            }

            Assert.Equal(Meaning(original), Meaning(damaged));
            taken++;
        }

        Assert.InRange(taken, 100, Rounds / 2);
    }

    [Fact]
    public void A_damaged_date_is_refused_or_is_one()
    {
        int taken = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            string text = Damage.From("20121231T235959Z", new Random(seed));
            DateTimeOffset? expected = DateOf(text);
            var headers = new HeaderDictionary
            {
                ["Authorization"] = $"AWS4-HMAC-SHA256 Credential=k/{(text.Length >= 8 ? text[..8] : "20121231")}/r/s3/aws4_request, SignedHeaders=host;x-amz-date;x-amz-content-sha256, Signature=1",
                ["x-amz-content-sha256"] = SigV4.UnsignedPayload,
                ["x-amz-date"] = text,
                ["Host"] = "localhost",
            };

            bool isTaken = Take(() => RequestSignature.Read("GET", S3Target.Parse("/", null, []), headers, expected ?? Then, takesVersion2: true)) is not null;

            Assert.True(isTaken == expected is not null, text);
            taken += isTaken ? 1 : 0;
        }

        Assert.InRange(taken, 100, Rounds / 2);
    }

    [Fact]
    public void A_damaged_range_is_what_a_slow_reader_says()
    {
        int taken = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            long size = random.Next(3) == 0 ? random.Next(3) : random.NextInt64(1L << 50);
            string good = random.Next(3) switch
            {
                0 => $"bytes={random.NextInt64(1L << 50)}-",
                1 => $"bytes=-{random.Next(1000)}",
                _ => $"bytes={random.Next(1000)}-{random.NextInt64(1L << 50)}",
            };
            string text = Damage.From(good, random);

            (RangeKind Kind, long Offset, long Length) read = RangeHeader.Parse(text, size);

            Assert.True(RangeOf(text, size) == read, $"{text} of {size}: {read}");
            taken += read.Kind == RangeKind.Range ? 1 : 0;
        }

        Assert.InRange(taken, 1000, Rounds);
    }

    [Fact]
    public void A_damaged_document_is_refused_or_read()
    {
        byte[] good = Encoding.UTF8.GetBytes(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>"
            + "<Object><Key>a&amp;b&#x41;</Key><VersionId>1</VersionId></Object><!-- c --><Object><Key><![CDATA[<x>]]></Key></Object></Delete>");
        int taken = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            XElement? read = Take(() => XmlBody.Parse(Damage.From(good, new Random(seed)), "Delete"), S3ErrorCode.MalformedXml);
            taken += read is null ? 0 : 1;
        }

        Assert.InRange(taken, 1000, Rounds / 2);
    }

    [Fact]
    public void A_damaged_target_is_refused_or_survives_being_written_again()
    {
        int taken = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            string damaged = Damage.From("/box/d%C3%A9/%F0%9F%98%80+%2B?prefix=%2Fa+b&uploads&x=%25", new Random(seed));
            S3Target? read = Take(() => S3Target.Parse(damaged, "localhost", []), S3ErrorCode.InvalidUri);
            if (read is null)
            {
                continue;
            }

            string again = UriText.Escape(read.Path, keepSlash: true) + "?"
                + string.Join('&', read.Query.Items.Select(item => UriText.Escape(item.Key, keepSlash: false) + "=" + UriText.Escape(item.Value, keepSlash: false)));
            S3Target second = S3Target.Parse(again, "localhost", []);
            Assert.Equal((read.Path, read.Bucket, read.Key), (second.Path, second.Bucket, second.Key));
            Assert.Equal(read.Query.Items.Where(item => item.Key.Length + item.Value.Length > 0), second.Query.Items.Where(item => item.Key.Length + item.Value.Length > 0));
            taken++;
        }

        Assert.InRange(taken, 1000, Rounds);
    }

    private static T? Take<T>(Func<T?> read, S3ErrorCode? only = null)
        where T : class
    {
        try
        {
            return read();
        }
        catch (S3Exception e)
        {
            Assert.True(only is null || e.Error.Code == only, e.ToString());
            return null;
        }
    }

    private static RequestSignature? Read(Request request)
    {
        HeaderDictionary headers = HeadersOf(request);
        return Take(() => RequestSignature.Read(request.Method, S3Target.Parse(request.Target, "localhost:1", []), headers, Then, takesVersion2: true));
    }

    private static HeaderDictionary HeadersOf(Request request) => new()
    {
        ["Authorization"] = $"AWS4-HMAC-SHA256 Credential=k/{Scope}, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-meta-a, Signature={request.Signature}",
        ["Host"] = "localhost:1",
        ["Range"] = request.Range,
        ["x-amz-content-sha256"] = SigV4.EmptyHash,
        ["x-amz-date"] = Time,
        ["x-amz-meta-a"] = request.Meta,
    };

    /// <summary>What a request asks for, however it is written.</summary>
    private static string Meaning(Request request)
    {
        S3Target target = S3Target.Parse(request.Target, "localhost:1", []);
        IEnumerable<string> query = target.Query.Items.Select(item => item.Key + "=" + item.Value).Order(StringComparer.Ordinal);
        return string.Join('\n', [request.Method, target.Path, string.Join('&', query), Trimmed(request.Range), Trimmed(request.Meta)]);
    }

    private static string Trimmed(string value) => Spaces().Replace(value.Trim(), " ");

    private static DateTimeOffset? DateOf(string text) => Dates().IsMatch(text)
        && DateTime.TryParse(
            $"{text[..4]}-{text[4..6]}-{text[6..8]}T{text[9..11]}:{text[11..13]}:{text[13..15]}Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTime time)
            ? time
            : null;

    private static (RangeKind Kind, long Offset, long Length) RangeOf(string text, long size)
    {
        Match match = Ranges().Match(text);
        BigInteger? first = match.Groups["first"].Length > 0 ? BigInteger.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture) : null;
        BigInteger? last = match.Groups["last"].Length > 0 ? BigInteger.Parse(match.Groups["last"].Value, CultureInfo.InvariantCulture) : null;
        if (!match.Success || (first is null && last is null) || last < first)
        {
            return (RangeKind.None, 0, size);
        }

        BigInteger begin = first ?? BigInteger.Max(0, size - last!.Value);
        BigInteger end = first is null ? size : BigInteger.Min(size, (last ?? size) + 1);
        return begin >= end ? (RangeKind.Unsatisfiable, 0, 0) : (RangeKind.Range, (long)begin, (long)(end - begin));
    }

    private static byte[] Frame(string payload, byte[] bytes, Random random)
    {
        var body = new MemoryStream();
        void Add(string text) => body.Write(Encoding.ASCII.GetBytes(text));
        string previous = new('5', 64);
        for (int at = 0; at < bytes.Length;)
        {
            byte[] chunk = bytes[at..Math.Min(bytes.Length, at + random.Next(1, 100))];
            at += chunk.Length;
            AddChunk(chunk);
            Add("\r\n");
        }

        AddChunk([]);
        if (payload != SigV4.SignedChunks)
        {
            using BodyDigest crc = ChecksumAlgorithm.Crc32.Begin();
            crc.Append(bytes);
            string trailer = $"x-amz-checksum-crc32:{Convert.ToBase64String(crc.Finish())}";
            Add(trailer + "\r\n");
            if (payload == SigV4.SignedChunksWithTrailer)
            {
                Add($"x-amz-trailer-signature:{SigV4.Sign(Key, SigV4.TrailerToSign(Time, Scope, previous, SigV4.HashHex(trailer + "\n")))}\r\n");
            }
        }

        Add("\r\n");
        return body.ToArray();

        void AddChunk(byte[] chunk)
        {
            previous = SigV4.Sign(Key, SigV4.ChunkToSign(Time, Scope, previous, Convert.ToHexStringLower(SHA256.HashData(chunk))));
            Add($"{chunk.Length:x}{(payload == SigV4.UnsignedChunksWithTrailer ? "" : ";chunk-signature=" + previous)}\r\n");
            body.Write(chunk);
        }
    }

    /// <summary>The body as it would be stored; null when it is refused.</summary>
    private static async Task<byte[]?> ReadAsync(string payload, byte[] framed, long length)
    {
        var headers = new HeaderDictionary();
        if (payload != SigV4.SignedChunks)
        {
            headers["x-amz-trailer"] = "x-amz-checksum-crc32";
        }

        using BodyChecks checks = BodyChecks.Read(headers, payload, null);
        using ChunkSignatures? signatures = payload == SigV4.UnsignedChunksWithTrailer ? null : new ChunkSignatures(Key, Time, Scope, new string('5', 64));
        using var framing = new ChunkFraming(length, checks, signatures, hasTrailer: payload != SigV4.SignedChunks);
        var body = new S3Body(PipeReader.Create(new MemoryStream(framed)), checks, framing, long.MaxValue);
        var bytes = new ArrayBufferWriter<byte>();
        try
        {
            for (bool isEnd = false; !isEnd;)
            {
                ReadResult read = await body.ReadAsync(TestContext.Current.CancellationToken);
                bytes.Write(read.Buffer.ToArray());
                body.AdvanceTo(read.Buffer.End);
                isEnd = read.IsCompleted;
            }

            _ = checks.Finish(null);
            return bytes.WrittenSpan.ToArray();
        }
        catch (S3Exception)
        {
            return null;
        }
    }

    [GeneratedRegex("^[0-9]{8}T[0-9]{6}Z$")]
    private static partial Regex Dates();

    [GeneratedRegex(@"^bytes=\s*(?<first>[0-9]*)-(?<last>[0-9]*)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Ranges();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    private sealed record Request(string Method, string Target, string Range, string Meta, string Signature);
}

using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;
using Hutch.DataLad.Packs;

namespace Hutch.DataLad.Tests.Packs;

/// <summary>What the library packs is unpacked byte for byte, to its end and not further; what is broken is said to be.</summary>
public sealed class InflaterTests
{
    private static readonly CompressionLevel[] Levels =
        [CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal, CompressionLevel.SmallestSize];

    [Fact]
    public void What_was_packed_comes_out_and_the_end_is_known() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (some, seed) =>
    {
        byte[] content = Content(some, seed);
        foreach (CompressionLevel level in Levels)
        {
            byte[] packed = Pack(content, level);
            byte[] output = new byte[content.Length];

            InflateEnd end = new Inflater().Inflate([.. packed, 1, 2, 3], output, out int consumed);

            Assert.Equal(InflateEnd.Done, end);
            Assert.Equal(packed.Length, consumed);
            Assert.Equal(content, output);
        }
    }).QuickCheckThrowOnFailure();

    [Trait("Quick", "no")]
    [Fact]
    public void A_stream_that_is_cut_off_needs_more_wherever_that_is()
    {
        byte[] content = Content([7, 7, 9], 3);
        byte[] packed = Pack(content, CompressionLevel.Optimal);

        Assert.All(
            Enumerable.Range(0, packed.Length),
            length => Assert.Equal(InflateEnd.NeedsMore, new Inflater().Inflate(packed.AsSpan(0, length), new byte[content.Length], out _)));
    }

    [Fact]
    public void A_stream_inflated_in_parts_resumes_at_its_blocks_for_the_output_of_any_compressor()
    {
        byte[] content = Content([7, 7, 9], 5)[..30_000];
        byte[] packed = PackFlushing(content, 3);
        Assert.True(packed.Length > 2 * content.Length);
        byte[] output = new byte[content.Length];
        var inflater = new Inflater();
        inflater.Begin();
        int at = 0;
        InflateEnd end;
        do
        {
            end = inflater.Inflate(packed.AsSpan(at, Math.Min(1000, packed.Length - at)), output, out int consumed);
            Assert.True(consumed > 0);
            at += consumed;
        }
        while (end == InflateEnd.NeedsMore);

        Assert.Equal(InflateEnd.Done, end);
        Assert.Equal(packed.Length, at);
        Assert.Equal(content, output);
    }

    [Fact]
    public void Content_of_another_length_is_broken()
    {
        byte[] packed = Pack([1, 2, 3, 4], CompressionLevel.Optimal);

        Assert.Equal(InflateEnd.Broken, new Inflater().Inflate(packed, new byte[3], out _));
        Assert.Equal(InflateEnd.Broken, new Inflater().Inflate(packed, new byte[5], out _));
    }

    [Fact]
    public void A_changed_byte_never_gives_other_content() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<int>(), (some, seed) =>
    {
        byte[] content = Content(some, seed);
        byte[] packed = Pack(content, CompressionLevel.Optimal);
        var random = new Random(seed);
        packed[random.Next(packed.Length)] ^= (byte)(1 << random.Next(8));
        byte[] output = new byte[content.Length];

        if (new Inflater().Inflate(packed, output, out _) == InflateEnd.Done)
        {
            Assert.Equal(content, output);
        }
    }).QuickCheckThrowOnFailure();

    /// <summary>Bytes with repetitions near and far.</summary>
    private static byte[] Content(byte[]? some, int seed)
    {
        var random = new Random(seed);
        byte[] noise = new byte[random.Next(70_000)];
        random.NextBytes(noise);
        byte[] text = [.. Enumerable.Range(0, random.Next(20_000)).Select(_ => (byte)"abcab "[random.Next(6)])];
        return [.. some ?? [], .. text, .. noise, .. text, .. new byte[random.Next(1000)]];
    }

    /// <summary>Packs with a flush after every few bytes: a block of content and an empty one each time.</summary>
    private static byte[] PackFlushing(byte[] content, int each)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (byte[] part in content.Chunk(each))
            {
                zlib.Write(part);
                zlib.Flush();
            }
        }

        return packed.ToArray();
    }

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, level, leaveOpen: true))
        {
            zlib.Write(content);
        }

        return packed.ToArray();
    }
}

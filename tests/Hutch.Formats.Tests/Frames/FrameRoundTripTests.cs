using FsCheck;
using FsCheck.Fluent;
using Hutch.Formats.Frames;

namespace Hutch.Formats.Tests.Frames;

public sealed class FrameRoundTripTests
{
    public static TheoryData<FrameCodec, int> Cases()
    {
        var cases = new TheoryData<FrameCodec, int>();
        foreach (FrameCodec codec in Enum.GetValues<FrameCodec>())
        {
            foreach (int elementSize in new[] { 1, 2, 4 })
            {
                cases.Add(codec, elementSize);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pixels_of_every_size_come_back(FrameCodec codec, int elementSize)
    {
        // Fewer than eight pixels, whole blocks, short last blocks, left-over pixels; noise and emptiness.
        foreach (int count in new[] { 1, 7, 8, 9, 4095, 4096, 4097, 8192, 20_003 })
        {
            foreach (int values in new[] { 1, 3, 256 })
            {
                byte[] pixels = Frame.Random(count * elementSize, values, count);
                byte[] chunk = Frame.Encode(codec, elementSize, pixels);
                byte[] back = new byte[pixels.Length];

                Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(codec, elementSize, 0, chunk, back));
                Assert.Equal(pixels, back);
            }
        }
    }

    [Theory]
    [InlineData(FrameCodec.BitshuffleLz4, 1u)]
    [InlineData(FrameCodec.Lz4, 1u)]
    [InlineData(FrameCodec.Deflate, 1u)]
    [InlineData(FrameCodec.ShuffleDeflate, 3u)]
    public void A_chunk_whose_filters_were_left_out_is_taken_as_plain_pixels(FrameCodec codec, uint mask)
    {
        byte[] pixels = Frame.Random(1000, 256, 1);
        byte[] back = new byte[pixels.Length];

        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(codec, 2, mask, pixels, back));
        Assert.Equal(pixels, back);
    }

    [Fact]
    public void Shuffle_and_deflate_can_each_be_left_out_alone()
    {
        byte[] pixels = Frame.Random(4000, 256, 2);
        byte[] back = new byte[pixels.Length];

        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.ShuffleDeflate, 4, 1, Frame.Encode(FrameCodec.Deflate, 4, pixels), back));
        Assert.Equal(pixels, back);

        byte[] shuffled = new byte[pixels.Length];
        ByteShuffle.Gather(pixels, shuffled, 4);
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.ShuffleDeflate, 4, 2, shuffled, back));
        Assert.Equal(pixels, back);
    }

    [Theory]
    [InlineData(8 * 2)]
    [InlineData(1024)]
    [InlineData(64 * 1024)]
    public void Bitshuffle_with_another_block_size_than_the_default_decodes(int blockBytes)
    {
        byte[] pixels = Frame.Random(150_002, 5, 3);
        byte[] chunk = Frame.EncodeBitshuffle(2, pixels, blockBytes);
        byte[] back = new byte[pixels.Length];

        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, chunk, back));
        Assert.Equal(pixels, back);
    }

    [Fact]
    public void A_frame_read_in_pieces_of_any_size_is_the_frame()
    {
        Gen<(int Size, int Pixels, int Groups, int Wanted, int Seed)> cases =
            from size in Gen.Elements(1, 2, 4)
            from pixels in Gen.Choose(1, 3000)
            from groups in Gen.Choose(1, 300)
            from wanted in Gen.Choose(0, 5000)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (size, pixels, groups, wanted, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] pixels = Frame.Random(c.Pixels * c.Size, 4, c.Seed);

            Assert.Equal(pixels, ReadInPieces(FrameCodec.BitshuffleLz4, c.Size, 0, Frame.EncodeBitshuffle(c.Size, pixels, c.Groups * 8 * c.Size), c.Wanted, pixels.Length));
            Assert.Equal(pixels, ReadInPieces(FrameCodec.BitshuffleLz4, c.Size, 1, pixels, c.Wanted, pixels.Length));
            Assert.Equal(pixels, ReadInPieces(FrameCodec.Deflate, c.Size, 0, Frame.Encode(FrameCodec.Deflate, c.Size, pixels), c.Wanted, pixels.Length));
        }).QuickCheckThrowOnFailure();
    }

    private static byte[] ReadInPieces(FrameCodec codec, int elementSize, uint filterMask, byte[] chunk, int wanted, int imageBytes)
    {
        var pieces = new FramePieces(codec, elementSize, filterMask, chunk, imageBytes);
        var pixels = new byte[imageBytes];
        for (int done = 0; done < imageBytes;)
        {
            Assert.Equal(FrameDecodeError.None, pieces.Read(pixels.AsSpan(done), wanted, out int written));
            Assert.True(written > 0, "Nothing came, and the frame is not at its end.");
            done += written;
            Assert.Equal(imageBytes - done, pieces.LeftBytes);
        }

        return pixels;
    }

    [Fact]
    public void Lz4_in_many_blocks_some_of_them_stored_decodes()
    {
        byte[] pixels = [.. Frame.Random(10_000, 2, 4), .. Frame.Random(10_000, 256, 5)];
        byte[] chunk = Frame.EncodeLz4(pixels, 4096);
        byte[] back = new byte[pixels.Length];

        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.Lz4, 2, 0, chunk, back));
        Assert.Equal(pixels, back);
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        foreach (FrameCodec codec in Enum.GetValues<FrameCodec>())
        {
            byte[] pixels = Frame.Random(40_000, 5, 6);
            byte[] chunk = Frame.Encode(codec, 2, pixels);
            _ = FrameDecoder.TryDecode(codec, 2, 0, chunk, pixels);

            long before = GC.GetAllocatedBytesForCurrentThread();
            FrameDecodeError error = FrameDecoder.TryDecode(codec, 2, 0, chunk, pixels);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.Equal(FrameDecodeError.None, error);
            Assert.Equal(0, allocated);
        }
    }

    [Fact]
    public void Names_of_codecs_read_back()
    {
        foreach (FrameCodec codec in Enum.GetValues<FrameCodec>())
        {
            Assert.True(FrameCodecs.TryParse(codec.Name(), out FrameCodec parsed));
            Assert.Equal(codec, parsed);
        }

        Assert.False(FrameCodecs.TryParse("zstd", out _));
        Assert.False(FrameCodecs.TryParse(null, out _));
    }
}

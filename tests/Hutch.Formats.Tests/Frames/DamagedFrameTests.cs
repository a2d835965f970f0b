using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Formats.Frames;

namespace Hutch.Formats.Tests.Frames;

public sealed class DamagedFrameTests
{
    private const byte Canary = 0xC5;
    private const int Margin = 256;

    /// <summary>Those whose frames say how many bytes they unpack to.</summary>
    private static readonly FrameCodec[] Sized =
        [FrameCodec.BitshuffleLz4, FrameCodec.Lz4, FrameCodec.Deflate, FrameCodec.ShuffleDeflate];

    private static readonly FrameCodec[] Packed = [.. Sized, FrameCodec.ByteOffset];

    [Fact]
    public void A_frame_cut_anywhere_is_refused()
    {
        byte[] pixels = Frame.Random(3 * 8192 + 10, 4, 1);
        foreach (FrameCodec codec in Packed)
        {
            byte[] chunk = Frame.Encode(codec, 2, pixels);
            for (int length = 0; length < chunk.Length; length += Math.Max(1, chunk.Length / 400))
            {
                Assert.NotEqual(FrameDecodeError.None, Decode(codec, 2, chunk[..length], pixels.Length));
            }
        }
    }

    [Fact]
    public void A_frame_of_another_size_is_refused()
    {
        byte[] pixels = Frame.Random(8000, 4, 2);
        foreach (FrameCodec codec in Packed)
        {
            byte[] chunk = Frame.Encode(codec, 2, pixels);
            Assert.Equal(FrameDecodeError.SizeMismatch, Decode(codec, 2, chunk, pixels.Length - 2));
            Assert.NotEqual(FrameDecodeError.None, Decode(codec, 2, chunk, pixels.Length + 2));
        }

        Assert.Equal(FrameDecodeError.SizeMismatch, Decode(FrameCodec.Raw, 2, pixels, pixels.Length - 2));
        Assert.Equal(FrameDecodeError.Truncated, Decode(FrameCodec.Raw, 2, pixels, pixels.Length + 2));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(24u)]
    [InlineData(uint.MaxValue)]
    public void A_bitshuffle_block_size_that_cannot_be_is_refused(uint blockBytes)
    {
        byte[] chunk = Frame.Encode(FrameCodec.BitshuffleLz4, 2, Frame.Random(64, 4, 3));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8), blockBytes);

        Assert.Equal(FrameDecodeError.BadBlockSize, Decode(FrameCodec.BitshuffleLz4, 2, chunk, 64));
    }

    [Fact]
    public void An_lz4_block_size_of_zero_is_refused_and_does_not_loop_for_ever()
    {
        byte[] chunk = Frame.Encode(FrameCodec.Lz4, 2, Frame.Random(64, 4, 3));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8), 0);

        Assert.Equal(FrameDecodeError.BadBlockSize, Decode(FrameCodec.Lz4, 2, chunk, 64));
    }

    [Fact]
    public void A_length_that_points_past_the_end_is_refused()
    {
        foreach (FrameCodec codec in new[] { FrameCodec.BitshuffleLz4, FrameCodec.Lz4 })
        {
            foreach (uint length in new[] { 1_000_000u, 0x7FFFFFFFu, 0x80000000u, uint.MaxValue })
            {
                byte[] chunk = Frame.Encode(codec, 2, Frame.Random(64, 4, 3));
                BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(12), length);
                Assert.Equal(FrameDecodeError.Truncated, Decode(codec, 2, chunk, 64));
            }
        }
    }

    [Fact]
    public void Bytes_after_the_end_are_ignored_as_hdf5_does()
    {
        byte[] pixels = Frame.Random(8000, 4, 2);
        foreach (FrameCodec codec in Sized)
        {
            byte[] chunk = [.. Frame.Encode(codec, 2, pixels), 1, 2, 3];
            Assert.Equal(FrameDecodeError.None, Decode(codec, 2, chunk, pixels.Length));
        }
    }

    [Fact]
    public void Pixels_of_a_strange_size_are_refused()
    {
        Assert.Equal(FrameDecodeError.BadElementSize, Decode(FrameCodec.Raw, 3, new byte[9], 9));
        Assert.Equal(FrameDecodeError.BadElementSize, Decode(FrameCodec.Raw, 2, new byte[9], 9));
        Assert.Equal(FrameDecodeError.BadElementSize, Decode(FrameCodec.Raw, 0, new byte[9], 9));
    }

    [Fact]
    public void A_frame_with_random_damage_never_throws_and_never_writes_outside_the_image()
    {
        byte[][] chunks = Packed.Select(codec => Frame.Encode(codec, 2, Frame.Random(20_006, 4, 9))).ToArray();
        Gen<(int Codec, int Seed, int Flips)> damage =
            from codec in Gen.Choose(0, Packed.Length - 1)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from flips in Gen.Choose(1, 40)
            select (codec, seed, flips);
        Prop.ForAll(damage.ToArbitrary(), d =>
        {
            byte[] chunk = (byte[])chunks[d.Codec].Clone();
            var random = new Random(d.Seed);
            for (int i = 0; i < d.Flips; i++)
            {
                // Half of the damage goes into the first bytes, where the sizes are.
                int at = random.Next(2) == 0 ? random.Next(64) : random.Next(chunk.Length);
                chunk[at] = (byte)random.Next(256);
            }

            Decode(Packed[d.Codec], 2, chunk, 20_006);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Pure_noise_is_refused()
    {
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            foreach (FrameCodec codec in Sized)
            {
                Assert.NotEqual(FrameDecodeError.None, Decode(codec, 2, noise, 256));
            }
        }
    }

    [Fact]
    public void The_refusal_names_the_frame()
    {
        string message = FrameDecodeError.Truncated.ToHutchError("000017").Message;
        Assert.Equal("Frame 000017 cannot be decoded: its bytes end too early.", message);
        Assert.All(Enum.GetValues<FrameDecodeError>(), error => Assert.NotEmpty(error.Describe()));
    }

    private static FrameDecodeError Decode(FrameCodec codec, int elementSize, byte[] chunk, int imageBytes)
    {
        byte[] around = new byte[imageBytes + (2 * Margin)];
        Array.Fill(around, Canary);
        FrameDecodeError error = FrameDecoder.TryDecode(codec, elementSize, 0, chunk, around.AsSpan(Margin, imageBytes));
        Assert.Equal(-1, around.AsSpan(0, Margin).IndexOfAnyExcept(Canary));
        Assert.Equal(-1, around.AsSpan(Margin + imageBytes).IndexOfAnyExcept(Canary));
        return error;
    }
}

using System.Buffers.Binary;
using Hutch.Formats.Frames;
using Hutch.Formats.Tests.Support;

namespace Hutch.Formats.Tests.Frames;

public sealed class GoldenFrameTests
{
    [Fact]
    public void The_synthetic_chunks_decode_to_the_published_pixels()
    {
        byte[] pixels = new byte[TestData.SyntheticImageBytes];
        for (int image = 1; image <= TestData.SyntheticImages; image++)
        {
            FrameDecodeError error = FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, TestData.SyntheticChunk(image), pixels);

            Assert.Equal(FrameDecodeError.None, error);
            Assert.Equal(TestData.SyntheticImageHash(image), TestData.Sha256(pixels));
        }
    }

    [Fact]
    public void Our_encoder_writes_the_very_bytes_that_the_bitshuffle_plugin_wrote()
    {
        byte[] chunk = TestData.SyntheticChunk(1);
        byte[] pixels = new byte[TestData.SyntheticImageBytes];
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, chunk, pixels));

        byte[] again = new byte[FrameEncoder.MaxEncodedLength(FrameCodec.BitshuffleLz4, pixels.Length)];
        int length = FrameEncoder.Encode(FrameCodec.BitshuffleLz4, 2, pixels, again);

        Assert.Equal(chunk, again[..length]);
    }

    [Fact]
    public void A_frame_recorded_from_an_eiger2_16m_decodes_to_its_known_pixels()
    {
        const int ImageBytes = 4362 * 4148 * sizeof(ushort);
        byte[] message = File.ReadAllBytes(TestData.Path("tickit-devices/image.cbor"));
        byte[] prefix = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(prefix, ImageBytes);
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(8), 8192);
        ReadOnlySpan<byte> chunk = message.AsSpan(message.AsSpan().IndexOf(prefix), 513_082);

        byte[] pixels = new byte[ImageBytes];
        FrameDecodeError error = FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, 2, 0, chunk, pixels);

        Assert.Equal(FrameDecodeError.None, error);
        Assert.Equal("cf12323dbcdb88976a6e32f27a352d8a55b8561fc43409d87dab725dc98c0387", TestData.Sha256(pixels));
    }
}

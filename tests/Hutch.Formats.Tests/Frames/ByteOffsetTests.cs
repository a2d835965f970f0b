using System.Runtime.InteropServices;
using Hutch.Formats.Frames;

namespace Hutch.Formats.Tests.Frames;

public sealed class ByteOffsetTests
{
    [Theory]
    [InlineData(new[] { 1, 3, 0, -127, 0, 127 }, "01 02 FD 81 7F 7F")]
    [InlineData(new[] { 128, 0, -128 }, "80 80 00 80 80 FF 80 80 FF")]
    [InlineData(new[] { 32767, 0, 32768 }, "80 FF 7F 80 01 80 80 00 80 00 80 00 00")]
    [InlineData(new[] { int.MaxValue, 0 }, "80 00 80 FF FF FF 7F 80 00 80 01 00 00 80")]
    [InlineData(new[] { int.MinValue }, "80 00 80 00 00 00 80 00 00 00 80 FF FF FF FF")]
    [InlineData(new[] { int.MaxValue, int.MinValue }, "80 00 80 FF FF FF 7F 80 00 80 00 00 00 80 01 00 00 00 FF FF FF FF")]
    public void A_difference_takes_the_smallest_size_that_holds_it(int[] values, string bytes)
    {
        byte[] expected = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        byte[] pixels = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var back = new byte[pixels.Length];

        Assert.Equal(expected, Frame.Encode(FrameCodec.ByteOffset, 4, pixels));
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.ByteOffset, 4, 0, expected, back));
        Assert.Equal(pixels, back);
    }

    [Theory]
    [InlineData("0080008000000080FFFFFFFF00000000")] // the difference in 64 bits
    [InlineData("00FF")] // in 32 bits that wrap, as CBFlib and fabio write it
    public void The_largest_unsigned_pixel_is_read_in_either_way_of_writing_it(string chunk)
    {
        var back = new byte[8];

        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.ByteOffset, 4, 0, Convert.FromHexString(chunk), back));
        Assert.Equal([0, uint.MaxValue], MemoryMarshal.Cast<byte, uint>(back).ToArray());
    }

    [Theory]
    [InlineData("0101", FrameDecodeError.Truncated)]
    [InlineData("01018000", FrameDecodeError.Truncated)]
    [InlineData("0101800080000000", FrameDecodeError.Truncated)]
    [InlineData("01018000800000008000000000000000", FrameDecodeError.Truncated)]
    [InlineData("01010101", FrameDecodeError.SizeMismatch)]
    public void A_frame_that_is_too_short_or_too_long_is_refused(string chunk, FrameDecodeError expected) =>
        Assert.Equal(expected, FrameDecoder.TryDecode(FrameCodec.ByteOffset, 1, 0, Convert.FromHexString(chunk), new byte[3]));
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Pictures;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests.Pictures;

public sealed class FrameBinningTests
{
    [Theory]
    [InlineData(ElementType.UInt8, 2), InlineData(ElementType.UInt16, 2), InlineData(ElementType.UInt32, 2), InlineData(ElementType.Int16, 3)]
    [InlineData(ElementType.Int32, 7), InlineData(ElementType.UInt16, 5), InlineData(ElementType.UInt16, 64), InlineData(ElementType.Int8, 4)]
    [InlineData(ElementType.Int8, 2, -100.0), InlineData(ElementType.Int16, 3, -32767.0), InlineData(ElementType.Int32, 2, double.NegativeInfinity)]
    [InlineData(ElementType.UInt16, 2, 40_000.0), InlineData(ElementType.Int16, 2, 300.0)]
    public void Each_pixel_is_the_largest_valid_one_of_its_square(ElementType type, int bin, double? underload = null)
    {
        var header = new FrameHeader { Rows = 53, Columns = 71, Type = type, Codec = FrameCodec.Raw, UnderloadValue = underload };
        var random = new Random(7);
        byte[] pixels = new byte[header.ImageBytes];
        random.NextBytes(pixels);
        byte[] valid = [.. Enumerable.Range(0, 53 * 71).Select(_ => (byte)(random.Next(3) == 0 ? 0 : 0xFF))];

        // A square in which nothing is valid.
        for (int y = 0; y < bin && y < 53; y++)
        {
            valid.AsSpan(y * 71, Math.Min(bin, 71)).Clear();
        }

        foreach (byte[] mask in new[] { valid, [] })
        {
            Assert.Equal(Slow(header, pixels, mask, bin), Binned(header, pixels, mask, bin));
        }
    }

    [Fact]
    public async Task A_mask_is_one_byte_a_pixel_and_must_have_the_shape_of_the_frames()
    {
        var header = new FrameHeader { Rows = 2, Columns = 3, Type = ElementType.UInt16 };
        Task<Result<byte[]>> ReadAsync(params int[] shape)
        {
            var mask = new NumericArray(ElementType.UInt32, shape, MemoryMarshal.AsBytes<uint>([0, 1, 0, 0x80000000, 0, 0]).ToArray());
            return FrameBinning.ReadMaskAsync(header, EntryBytes.From(NumpyFile.Write(mask)), TestContext.Current.CancellationToken);
        }

        Assert.Equal([0xFF, 0, 0xFF, 0, 0xFF, 0xFF], (await ReadAsync(2, 3)).Value);
        Assert.Equal(ErrorCode.Unprocessable, (await ReadAsync(3, 2)).Error!.Code);
    }

    [Fact]
    public void A_damaged_frame_is_refused_by_its_name()
    {
        var header = new FrameHeader { Rows = 8, Columns = 8, Type = ElementType.UInt16 };
        byte[] packed = new byte[FrameBinning.MaxPackedBytes(header, 2)];

        Result<int> made = FrameBinning.Bin(header, [], new RawFrame(12, [1, 2, 3], null), 2, packed);

        Assert.Equal("Frame 000012 cannot be decoded: its bytes end too early.", made.Error!.Message);
    }

    private static uint[] Binned(FrameHeader header, byte[] pixels, byte[] valid, int bin)
    {
        byte[] packed = new byte[FrameBinning.MaxPackedBytes(header, bin)];
        int length = FrameBinning.Bin(header, valid, new RawFrame(1, pixels, null), bin, packed).Value;
        int size = header.Type.Size();
        byte[] picture = new byte[FrameBinning.Length(header.Rows, bin) * FrameBinning.Length(header.Columns, bin) * size];
        Assert.Equal(FrameDecodeError.None, FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, size, 0, packed.AsSpan(0, length), picture));
        return [.. Enumerable.Range(0, picture.Length / size).Select(i => Number(picture, i, size))];
    }

    private static uint[] Slow(FrameHeader header, byte[] pixels, byte[] valid, int bin)
    {
        int size = header.Type.Size(), width = (header.Columns + bin - 1) / bin, height = (header.Rows + bin - 1) / bin;
        uint nothing = header.SmallestData < 0 ? 1u << ((8 * size) - 1) : uint.MaxValue >> (32 - (8 * size));
        uint[] picture = [.. Enumerable.Repeat(nothing, width * height)];
        for (int y = 0; y < header.Rows; y++)
        {
            for (int x = 0; x < header.Columns; x++)
            {
                int at = (y * header.Columns) + x;
                uint raw = Number(pixels, at, size);
                long number = NumberOf(header, raw);
                ref uint kept = ref picture[(y / bin * width) + (x / bin)];
                if (number >= header.SmallestData && number <= header.LargestData && (valid.Length == 0 || valid[at] != 0)
                    && (kept == nothing || number > NumberOf(header, kept)))
                {
                    kept = raw;
                }
            }
        }

        return picture;
    }

    private static uint Number(byte[] bytes, int index, int size) => size switch
    {
        1 => bytes[index],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(index * 2)),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(index * 4)),
    };

    private static long NumberOf(FrameHeader header, uint pixel) => (long)pixel << header.SignShift >> header.SignShift;
}

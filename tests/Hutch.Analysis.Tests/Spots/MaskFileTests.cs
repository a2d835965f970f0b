using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests.Spots;

/// <summary>Masks that are read as the bytes of their file come.</summary>
public sealed class MaskFileTests
{
    private const int Rows = 7;
    private const int Columns = 61;

    private static readonly FrameHeader Header = new() { Rows = Rows, Columns = Columns, Type = ElementType.UInt16 };

    public static TheoryData<ElementType, int> TypesAndPieces()
    {
        var all = new TheoryData<ElementType, int>();
        foreach (ElementType type in new[] { ElementType.UInt8, ElementType.Int16, ElementType.UInt32, ElementType.Float64 })
        {
            foreach (int piece in new[] { 1, 3, 101, 1000, int.MaxValue })
            {
                all.Add(type, piece);
            }
        }

        return all;
    }

    [Theory, MemberData(nameof(TypesAndPieces))]
    public async Task A_pixel_is_good_when_all_bytes_of_its_number_are_zero_however_the_file_is_cut(ElementType type, int pieceBytes)
    {
        byte[] numbers = Numbers(type.Size());
        byte[] file = NumpyFile.Write(new NumericArray(type, [Rows, Columns], numbers));

        using DetectorMask mask = (await ReadAsync(file, pieceBytes)).Value;

        Assert.Equal(
            Enumerable.Range(0, Rows * Columns).Select(i => (byte)(IsZero(numbers, i, type.Size()) ? 0xFF : 0)),
            mask.Bytes.ToArray());
    }

    [Theory, InlineData(0), InlineData(1), InlineData(9), InlineData(100), InlineData(1000)]
    public async Task A_file_that_was_cut_is_refused(int bytes)
    {
        byte[] file = NumpyFile.Write(new NumericArray(ElementType.UInt32, [Rows, Columns], Numbers(sizeof(uint))));

        Result<DetectorMask> mask = await ReadAsync(file[..bytes], 64);

        Assert.Equal(ErrorCode.UnreadableFile, mask.Error?.Code);
    }

    [Theory, InlineData(1), InlineData(100)]
    public async Task Bytes_that_end_before_the_length_that_was_said_are_refused(int times)
    {
        FrameHeader wide = Header with { Columns = times * Columns };
        byte[] file = NumpyFile.Write(new NumericArray(ElementType.UInt32, [Rows, wide.Columns], new byte[Rows * wide.Columns * sizeof(uint)]));
        var bytes = new EntryBytes(file.Length, Pieces(file[..^1], 4096));

        Result<DetectorMask> mask = await DetectorMask.ReadAsync(wide, bytes, TestContext.Current.CancellationToken);

        Assert.Equal("The pixel mask ends before its last number.", mask.Error?.Message);
    }

    private static Task<Result<DetectorMask>> ReadAsync(byte[] file, int pieceBytes) =>
        DetectorMask.ReadAsync(Header, new EntryBytes(file.Length, Pieces(file, pieceBytes)), TestContext.Current.CancellationToken);

    private static IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] file, int pieceBytes) =>
        file.Chunk(pieceBytes).Select(piece => (ReadOnlyMemory<byte>)piece).ToAsyncEnumerable();

    /// <summary>Zeros, and numbers of which one byte alone is set, each of them in turn.</summary>
    private static byte[] Numbers(int size)
    {
        byte[] numbers = new byte[Rows * Columns * size];
        for (int i = 0; i < Rows * Columns; i += 3)
        {
            numbers[(i * size) + (i / 3 % size)] = (byte)(1 + (i % 255));
        }

        return numbers;
    }

    private static bool IsZero(byte[] numbers, int i, int size) => numbers.AsSpan(i * size, size).IndexOfAnyExcept((byte)0) < 0;
}

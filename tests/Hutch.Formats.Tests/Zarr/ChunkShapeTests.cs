using Hutch.Formats.Zarr;

namespace Hutch.Formats.Tests.Zarr;

/// <summary>How arrays without chunks are cut.</summary>
public sealed class ChunkShapeTests
{
    [Theory]
    [InlineData(new long[] { }, 8, new long[] { })]
    [InlineData(new long[] { 5 }, 8, new long[] { 5 })]
    [InlineData(new long[] { 10_000_000 }, 8, new long[] { 1 << 20 })]
    [InlineData(new long[] { 100, 2048, 1024 }, 2, new long[] { 2, 2048, 1024 })]
    [InlineData(new long[] { 100, 2048, 1024 }, 1 << 24, new long[] { 1, 1, 1 })]
    [InlineData(new long[] { 3, 0, 4 }, 4, new long[] { 3, 1, 4 })]
    [InlineData(new[] { long.MaxValue, long.MaxValue }, 8, new long[] { 1, 1 << 20 })]
    public void Whole_axes_as_many_as_fit_and_a_part_of_the_next(long[] shape, int itemBytes, long[] expected) =>
        Assert.Equal(expected, ChunkShape.For(shape, itemBytes));

    [Theory]
    [InlineData(new long[] { 100, 4096, 4096 }, 4, new long[] { 1, 4096, 4096 })]
    [InlineData(new long[] { 9, 9, 10, 10 }, 4, new long[] { 1, 1, 10, 10 })]
    [InlineData(new long[] { 100, 8192, 8192 }, 4, new long[] { 1, 256, 8192 })]
    [InlineData(new[] { 2, long.MaxValue, long.MaxValue }, 4, new long[] { 1, 1, 2 << 20 })]
    public void An_image_is_a_chunk_unless_it_is_very_large(long[] shape, int itemBytes, long[] expected) =>
        Assert.Equal(expected, ChunkShape.OfImages(shape, itemBytes));
}

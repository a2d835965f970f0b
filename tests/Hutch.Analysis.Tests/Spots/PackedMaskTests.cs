using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Steps;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Analysis.Tests.Spots;

/// <summary>The mask of the last run serves the next, if it is the same.</summary>
public sealed class PackedMaskTests
{
    private static readonly BlobHash Some = BlobHash.Compute([1]);
    private static readonly BlobHash Other = BlobHash.Compute([2]);

    [Theory, InlineData(1, 1), InlineData(7, 1), InlineData(8, 3), InlineData(61, 7), InlineData(101, 103)]
    public void What_was_packed_is_the_same_when_it_is_unpacked(int width, int height)
    {
        using var mask = DetectorMask.FromValid(width, height, [.. Enumerable.Range(0, width * height).Select(i => i * 2654435761u % 97 < 60)]);

        byte[] again = new byte[width * height];
        PackedMask.TryPack(Some, From(width, height), mask.Bytes)!.UnpackTo(again);

        Assert.Equal(mask.Bytes.ToArray(), again);
    }

    [Fact]
    public void A_mask_that_would_take_much_memory_is_not_kept()
    {
        byte[] largest = new byte[PackedMask.MaxPixels], larger = new byte[PackedMask.MaxPixels + 1];

        Assert.NotNull(PackedMask.TryPack(Some, From(largest.Length, 1), largest));
        Assert.Null(PackedMask.TryPack(Some, From(larger.Length, 1), larger));
    }

    [Fact]
    public async Task A_mask_is_read_once_for_successive_runs_and_again_when_it_changes_or_has_no_known_hash()
    {
        var memory = new ImageMemory(1 << 30);
        int reads = 0;
        async Task<int> ReadsOfAsync(BlobHash? hash, int columns = 100)
        {
            int before = reads;
            using IPreparedStep prepared = await PrepareAsync(memory, hash, columns, () => reads++);
            return reads - before;
        }

        Assert.Equal(1, await ReadsOfAsync(Some));
        Assert.Equal(0, await ReadsOfAsync(Some));
        Assert.Equal(1, await ReadsOfAsync(null));
        Assert.Equal(0, await ReadsOfAsync(Some));
        Assert.Equal(1, await ReadsOfAsync(Other));
        Assert.Equal(1, await ReadsOfAsync(Some));
        Assert.Equal(1, await ReadsOfAsync(Some, columns: 50));
        Assert.Equal(0, memory.UsedBytes);
    }

    private static FrameHeader From(int columns, int rows) => new() { Columns = columns, Rows = rows, Type = ElementType.UInt16 };

    private static async Task<IPreparedStep> PrepareAsync(ImageMemory memory, BlobHash? hash, int columns, Action read)
    {
        IAnalysisStep step = AnalysisSteps.All[0];
        byte[] header = System.Text.Encoding.UTF8.GetBytes($$"""{"x_pixels_in_detector":{{columns}},"y_pixels_in_detector":20,"bit_depth_image":16}""");
        byte[] mask = NumpyFile.Write(new NumericArray(ElementType.UInt32, [20, columns], new byte[20 * columns * sizeof(uint)]));
        return (await step.PrepareAsync(
            (path, _, _) => Task.FromResult<Result<EntryBytes?>>(
                path == FrameHeader.EntryPath ? EntryBytes.From(header) : new EntryBytes(mask.Length, Pieces()) { Hash = hash }),
            StepRows.Values(step), memory, 8, TestContext.Current.CancellationToken)).Value;

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            read();
            await Task.Yield();
            yield return mask;
        }
    }
}

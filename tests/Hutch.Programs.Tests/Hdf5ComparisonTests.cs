using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Programs.Comparing;

namespace Hutch.Programs.Tests;

/// <summary>HDF5 files within a tolerance; a reader in memory answers as the one in the jail does.</summary>
public sealed class Hdf5ComparisonTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_within_the_tolerance_are_the_same_and_the_largest_difference_is_measured()
    {
        NumericComparison found = await CompareAsync(
            new FakeFile { Numbers = [1, 2, double.NaN, double.PositiveInfinity] },
            new FakeFile { Numbers = [1, 2.000001, double.NaN, double.PositiveInfinity] });

        Assert.Null(found.Fault);
        Assert.Equal(5e-7, found.Largest, 1e-9);
        Assert.Null(found.NotCompared);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "number", "'/data' at [1, 1]: 4 became 5" },
        { "nan", "'/data' at [0, 1]: 2 became NaN" },
        { "shape", "'/data' has another shape" },
        { "type", "'/data' has another type" },
        { "attribute", "the attributes of '/data': 'unit', another text" },
        { "attributes", "the attributes of '/data' have other names, types or shapes" },
        { "name", "'/data' is in one of the files only" },
        { "unreadable", "file.h5 cannot be read: truncated" },
        { "nonsense", "its reader gave an answer of another form" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Another_difference_is_named_with_its_place(string kind, string fault)
    {
        FakeFile before = new() { Numbers = [1, 2, 3, 4] }, after = new() { Numbers = [1, 2, 3, 4] };
        switch (kind)
        {
            case "number": after.Numbers[3] = 5; break;
            case "nan": after.Numbers[1] = double.NaN; break;
            case "shape": after.Shape = [4, 1]; break;
            case "type": after.Class = 0; break;
            case "attribute": after.Unit = JsonValue.Create("m"); break;
            case "attributes": after.AttributeShape = [1]; break;
            case "name": after.Name = "other"; break;
            case "unreadable": after.Refusal = ErrorCode.UnreadableFile.With("file.h5 cannot be read: truncated"); break;
            default: after.Nonsense = true; break;
        }

        Assert.Equal(fault, (await CompareAsync(before, after)).Fault);
    }

    [Fact]
    public async Task An_attribute_that_is_not_finite_is_named_as_not_compared()
    {
        NumericComparison found = await CompareAsync(new FakeFile { Unit = null }, new FakeFile { Unit = null });

        Assert.Null(found.Fault);
        Assert.Contains("NaN or infinite", found.NotCompared, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_is_away_is_no_difference()
    {
        var away = new FakeFile { Refusal = ErrorCode.Unavailable.With("All readers are busy.") };

        await Assert.ThrowsAsync<HutchException>(() => CompareAsync(new FakeFile(), away));
    }

    [Fact]
    public async Task An_array_of_any_size_in_a_small_file_is_refused_before_it_is_read()
    {
        FakeFile before = new() { Shape = [long.MaxValue, long.MaxValue] }, after = new() { Shape = [long.MaxValue, long.MaxValue] };

        Assert.Contains("more than 100000000000 numbers", (await CompareAsync(before, after)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 2, 3, 4 }, 24, 1)]
    [InlineData(new long[] { 2, 3, 4 }, 12, 2)]
    [InlineData(new long[] { 2, 3, 4 }, 9, 4)]
    [InlineData(new long[] { 2, 3, 4 }, 3, 12)]
    [InlineData(new long[] { 2, 3, 4 }, 1, 24)]
    [InlineData(new long[] { }, 5, 1)]
    public void Blocks_cover_an_array_once_and_in_order(long[] shape, long most, int count)
    {
        ArrayBlock[] blocks = [.. ArrayBlock.Of(shape, most)];

        Assert.Equal(count, blocks.Length);
        Assert.All(blocks, block => Assert.True(block.Values <= most));
        Assert.Equal(0, blocks[0].First);
        Assert.All(blocks.Zip(blocks.Skip(1)), static pair => Assert.Equal(pair.First.First + pair.First.Values, pair.Second.First));
        Assert.Equal(shape.Aggregate(1L, static (product, length) => product * length), blocks[^1].First + blocks[^1].Values);
    }

    [Fact]
    public void A_block_is_selected_as_numpy_does()
    {
        Assert.Equal(["0,0:2,:", "0,2:3,:", "1,0:2,:", "1,2:3,:"], ArrayBlock.Of([2, 3, 4], 9).Select(static block => block.Selection));
        Assert.Equal(" at [1, 2, 1]", ArrayBlock.Of([2, 3, 4], 9).Last().Locate(1));
    }

    [Fact]
    public void Integers_that_no_double_holds_are_compared_exactly()
    {
        double largest = 0;
        long[] one = [1L << 60], other = [(1L << 60) + 1];

        Assert.NotNull(NumberBlock.FindFault("i8", MemoryMarshal.AsBytes(one.AsSpan()), MemoryMarshal.AsBytes(other.AsSpan()), new NumberTolerance(0, 0.5), ref largest));
        Assert.Null(NumberBlock.FindFault("i8", MemoryMarshal.AsBytes(one.AsSpan()), MemoryMarshal.AsBytes(other.AsSpan()), new NumberTolerance(0, 1), ref largest));
    }

    private static Task<NumericComparison> CompareAsync(FakeFile before, FakeFile after) =>
        new Hdf5Comparison("file.h5", before.AnswerAsync, after.AnswerAsync, 1e-6, 0).CompareAsync(Ct);

    /// <summary>A file with one array.</summary>
    private sealed class FakeFile
    {
        public double[] Numbers { get; init; } = [1, 2, 3, 4];

        public long[] Shape { get; set; } = [2, 2];

        public int Class { get; set; } = 1;

        public string Name { get; set; } = "data";

        public JsonNode? Unit { get; set; } = JsonValue.Create("mm");

        public long[] AttributeShape { get; set; } = [];

        public HutchError? Refusal { get; set; }

        public bool Nonsense { get; set; }

        public Task<Result<byte[]>> AnswerAsync(ContentRequest request, CancellationToken ct) => Task.FromResult(
            Refusal is { } refusal ? refusal
            : Nonsense ? "{}"u8.ToArray()
            : request.Question switch
            {
                ContentQuery.Meta => ToJson(new
                {
                    name = "/",
                    kind = "group",
                    attributes = Array.Empty<object>(),
                    children = new[]
                    {
                        new
                        {
                            name = Name, kind = "dataset", shape = Shape, type = new { @class = Class, size = 8, sign = 1 },
                            attributes = new[] { new { name = "unit", shape = AttributeShape, type = new { @class = 3 } } },
                        },
                    },
                }),
                ContentQuery.Attributes => ToJson(new { unit = Unit }),
                _ => (Result<byte[]>)MemoryMarshal.AsBytes(Numbers.AsSpan()).ToArray(),
            });

        private static Result<byte[]> ToJson(object document) => JsonSerializer.SerializeToUtf8Bytes(document);
    }
}

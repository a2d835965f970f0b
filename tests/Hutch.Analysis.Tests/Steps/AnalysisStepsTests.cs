using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Steps;
using Hutch.Analysis.Tests.Support;
using Hutch.Formats.NxMx;
using Hutch.Model.Analyses;

namespace Hutch.Analysis.Tests.Steps;

/// <summary>What every step that is registered keeps to.</summary>
public sealed partial class AnalysisStepsTests
{
    /// <summary>Names that rows and runs use themselves.</summary>
    private static readonly string[] Taken = ["file-number", "error", "end", "follow", "step", "output"];

    /// <summary>The steps of the product, and the example of docs/extending.md.</summary>
    private static readonly IAnalysisStep[] All = [.. AnalysisSteps.All, new HotPixelStep()];

    public static TheoryData<string> Names => [.. All.Select(step => step.Declaration.Name)];

    [Fact]
    public void The_usual_step_is_spot_finding_and_its_runs_have_the_program_of_old_ones() =>
        Assert.Equal(("spots", "hutch/per-image-analysis"), (AnalysisSteps.Catalog.Steps[0].Name, AnalysisSteps.Catalog.Steps[0].Program));

    [Theory, MemberData(nameof(Names))]
    public void A_declaration_is_complete_and_its_names_are_free(string name)
    {
        StepDeclaration step = Find(name).Declaration;

        Assert.Matches("^[a-z][a-z0-9-]*$", step.Name);
        Assert.Matches("^[a-z0-9-]+$", step.OutputSuffix);
        Assert.All(step.Columns, column => Assert.Matches("^[A-Za-z][A-Za-z0-9_]*$", column.Name));
        Assert.All(step.Parameters, parameter => Assert.Matches("^[a-z][A-Za-z0-9]*$", parameter.Name));
        string[] names = [.. step.Columns.Select(column => column.Name), .. step.Parameters.Select(parameter => parameter.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Empty(names.Intersect(Taken));
        Assert.Contains(step.Columns, column => column.InPlot);
        Assert.Contains(step.Columns, column => column.InSummary);
        Assert.All(
            [step.Description, .. step.Columns.Select(column => column.Description), .. step.Parameters.Select(parameter => parameter.Description)],
            text => Assert.Matches(SentencePattern(), text));
        Assert.All(step.Parameters, parameter => Assert.True(parameter.Default is not { } value || parameter.Check(value).IsOk, parameter.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_frame_has_the_declared_columns_in_their_order_and_kind(string name)
    {
        IAnalysisStep step = Find(name);
        IPreparedStep prepared = await PrepareAsync(step);
        using var row = new RowWriter(step.Declaration.Columns);

        row.Write(prepared, new RawFrame(4, TestData.Chunk(4), null));

        var read = JsonElement.Parse(row.Row.Span);
        Assert.Equal(["file-number", .. step.Declaration.Columns.Where(column => !column.IsOptional).Select(column => column.Name)], read.EnumerateObject().Select(member => member.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void Rows_of_a_grid_scan_say_where_the_frame_was_taken(string name)
    {
        var step = (ImageStep)Find(name);
        FrameHeader header = new()
        {
            Rows = TestData.SyntheticHeight,
            Columns = TestData.SyntheticWidth,
            Type = Hutch.Formats.Frames.ElementType.UInt16,
            Grid = new GridScan(2, 3, true),
        };
        using IPreparedStep prepared = StepRows.Prepare(step, header, null);

        JsonElement inside = StepRows.Row(step, prepared, TestData.Chunk(4), 4);
        JsonElement beyond = StepRows.Row(step, prepared, TestData.Chunk(4), 7);

        Assert.Equal((2, 3), (inside.GetProperty("grid_row").GetInt32(), inside.GetProperty("grid_column").GetInt32()));
        Assert.False(beyond.TryGetProperty("grid_row", out _));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_frame_allocates_nothing(string name)
    {
        IAnalysisStep step = Find(name);
        IPreparedStep prepared = await PrepareAsync(step);
        using var row = new RowWriter(step.Declaration.Columns);
        byte[] chunk = TestData.Chunk(4);
        row.Write(prepared, new RawFrame(4, chunk, null));

        // The least of some: a collection may take back between two frames what the shared pool of arrays had for the next one.
        long least = Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            row.Write(prepared, new RawFrame(4, chunk, null));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Many_threads_get_the_rows_that_one_gets(string name)
    {
        IAnalysisStep step = Find(name);
        IPreparedStep prepared = await PrepareAsync(step);
        string Row(int number)
        {
            using var row = new RowWriter(step.Declaration.Columns);
            row.Write(prepared, new RawFrame(number, TestData.Chunk(number), null));
            return JsonElement.Parse(row.Row.Span).GetRawText();
        }

        string[] alone = [.. Enumerable.Range(1, 5).Select(Row)];
        var together = new string[40];
        Parallel.For(0, together.Length, i => together[i] = Row((i % 5) + 1));

        Assert.Equal(Enumerable.Range(0, together.Length).Select(i => alone[i % 5]), together);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_run_takes_memory_for_as_many_frames_as_there_is_room_and_gives_it_back(string name)
    {
        const long Pixels = TestData.SyntheticWidth * TestData.SyntheticHeight;
        long frameBytes = (Pixels * (2 + 2 + 2)) + StrongBytes(name, Pixels);
        var memory = new ImageMemory(Pixels + (3 * frameBytes) + 1);
        IAnalysisStep step = Find(name);

        IPreparedStep prepared = await PrepareAsync(step, memory);
        Assert.Equal(3, prepared.FramesAtOnce);
        Assert.Equal(Pixels + (3 * frameBytes), memory.UsedBytes);
        Task<IPreparedStep> next = PrepareAsync(step, memory);
        Assert.False(next.IsCompleted);

        prepared.Dispose();
        Assert.Equal(3, (await next).FramesAtOnce);
        (await next).Dispose();
        Assert.Equal(0, memory.UsedBytes);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_few_bytes_that_say_they_are_an_image_of_a_gigabyte_are_refused_before_anything_is_unpacked(string name)
    {
        var memory = new ImageMemory(100 << 20);
        byte[] header = """{"x_pixels_in_detector":16384,"y_pixels_in_detector":16384,"bit_depth_image":32}"""u8.ToArray();

        Model.Result<IPreparedStep> refused = await Find(name).PrepareAsync(
            (path, _, _) => path == FrameHeader.EntryPath ? Task.FromResult<Model.Result<EntryBytes?>>(EntryBytes.From(header)) : throw new InvalidOperationException("The mask was read."),
            StepRows.Values(Find(name)), memory, 8, TestContext.Current.CancellationToken);

        Assert.Equal(Model.ErrorCode.TooLarge, refused.Error?.Code);
        long megabytes = 4864 + (StrongBytes(name, 16384 * 16384) >> 20);
        Assert.Equal(
            $"An image of 16384 x 16384 pixels takes {megabytes} MiB of memory to analyse; the limit is 100 MiB. An operator can raise it: 'analysis.maxImageMegabytes'.",
            refused.Error!.Message);
        Assert.Equal(0, memory.UsedBytes);
    }

    /// <summary>What only the search for spots keeps of a frame: its strong pixels.</summary>
    private static long StrongBytes(string name, long pixels) =>
        name == "spots" ? SpotFinder.StrongBytes(pixels, new SpotFinderParameters().MaxStrongPixelFraction) : 0;

    [Theory, MemberData(nameof(Names))]
    public async Task What_comes_packed_and_what_masks_are_read_from_is_bounded_by_the_size_of_the_image(string name)
    {
        int maskBytes = 0;
        byte[] header = """{"x_pixels_in_detector":100,"y_pixels_in_detector":20,"bit_depth_image":16}"""u8.ToArray();

        using IPreparedStep prepared = (await Find(name).PrepareAsync(
            (path, maxBytes, _) =>
            {
                maskBytes = path == FrameHeader.EntryPath ? maskBytes : maxBytes;
                return Task.FromResult<Model.Result<EntryBytes?>>(path == FrameHeader.EntryPath ? EntryBytes.From(header) : null);
            },
            StepRows.Values(Find(name)), new ImageMemory(1 << 20), 8, TestContext.Current.CancellationToken)).Value;

        Assert.Equal((100 * 20 * 8) + (64 << 10), maskBytes);
        Assert.Equal((2 * 100 * 20 * 2) + (64 << 10), prepared.MaxFrameBytes);
    }

    private static IAnalysisStep Find(string name) => All.Single(step => step.Declaration.Name == name);

    private static async Task<IPreparedStep> PrepareAsync(IAnalysisStep step, ImageMemory? memory = null)
    {
        byte[] header = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"x_pixels_in_detector":{{TestData.SyntheticWidth}},"y_pixels_in_detector":{{TestData.SyntheticHeight}},"bit_depth_image":16}""");
        byte[] mask = NumpyOf(TestData.Synthetic(1));
        return (await step.PrepareAsync(
            (path, _, _) => Task.FromResult<Model.Result<EntryBytes?>>(EntryBytes.From(path == FrameHeader.EntryPath ? header : mask)),
            StepRows.Values(step),
            memory ?? new ImageMemory(1 << 30),
            8,
            TestContext.Current.CancellationToken)).Value;
    }

    private static byte[] NumpyOf(TestImage image) => Formats.Arrays.NumpyFile.Write(StepRows.Mask(image));

    [GeneratedRegex(@"^[A-Z].*\.$", RegexOptions.Singleline)]
    private static partial Regex SentencePattern();
}

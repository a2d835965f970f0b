using System.Runtime.CompilerServices;
using System.Text;
using Hutch.Capture.Tests.Support;
using Hutch.Client.Transfers;
using Hutch.Detectors.Ingest;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Capture.Tests;

public sealed class FrameIngestTests
{
    private readonly MemorySink _sink = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_is_stored_and_stored_again_without_a_put()
    {
        await IngestAsync(new FakeSource("a", 1, 2));
        _sink.Puts.Clear();

        IngestOutcome outcome = await IngestAsync(new FakeSource("a", 1, 2));

        Assert.Equal((0, 2), (outcome.Frames, outcome.Kept));
        Assert.Empty(_sink.Puts);
    }

    [Fact]
    public async Task Ingesting_a_series_that_grew_adds_its_new_frames()
    {
        await IngestAsync(new FakeSource("a", 1, 2));

        IngestOutcome outcome = await IngestAsync(new FakeSource("a", 1, 2, 3));

        Assert.Equal((1, 2), (outcome.Frames, outcome.Kept));
        Assert.Contains("\"images\":3", Encoding.UTF8.GetString(_sink.Entries["header"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_series_is_refused_before_anything_is_stored()
    {
        await IngestAsync(new FakeSource("a", 1, 2));
        Dictionary<string, byte[]> before = new(_sink.Entries);

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => IngestAsync(new FakeSource("b", 1, 2, 3)));

        Assert.Equal(ErrorCode.Conflict.Name, refusal.Error.Code.Name);
        Assert.Equal("Another series is stored there already: a.h5.", refusal.Message);
        Assert.Contains("--replace", refusal.Error.Code.Advice, StringComparison.Ordinal);
        Assert.Equal(before, _sink.Entries);
    }

    [Fact]
    public async Task A_header_of_something_else_is_refused_too()
    {
        _sink.Entries["header"] = "not ours"u8.ToArray();

        await Assert.ThrowsAsync<HutchException>(() => IngestAsync(new FakeSource("a", 1)));

        Assert.Equal("not ours"u8.ToArray(), _sink.Entries["header"]);
    }

    [Fact]
    public async Task A_frame_with_other_bytes_is_not_overwritten()
    {
        await IngestAsync(new FakeSource("a", 1, 2));
        _sink.Entries["000002"] = "of another measurement"u8.ToArray();

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => IngestAsync(new FakeSource("a", 1, 2)));

        Assert.Equal("The stored 000002 has other bytes than the 000002 of this series.", refusal.Message);
        Assert.Equal("of another measurement"u8.ToArray(), _sink.Entries["000002"]);
    }

    [Fact]
    public async Task Replacing_leaves_the_new_series_and_what_belongs_to_none()
    {
        await IngestAsync(new FakeSource("a", 1, 2, 3) { Array = "mask of a" });
        _sink.Entries["README.md"] = "mine"u8.ToArray();
        _sink.Entries["threshold_2/000001"] = "old"u8.ToArray();

        await IngestAsync(new FakeSource("b", 1, 2), replace: true);

        Assert.Equal(["000001", "000002", "README.md", "header"], _sink.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("b1"u8.ToArray(), _sink.Entries["000001"]);
    }

    [Fact]
    public async Task Missing_frames_are_reported_as_ranges()
    {
        IngestOutcome outcome = await IngestAsync(new FakeSource("a", 1, -2, -3, -4, 5, -6));

        Assert.Equal((2, 4), (outcome.Frames, outcome.Missing));
        Assert.Equal(["000002 to 000004", "000006"], outcome.Gaps);
    }

    private Task<IngestOutcome> IngestAsync(FakeSource source, bool replace = false) =>
        new FrameIngest(_sink, NoProgress.Instance, replace).RunAsync(source, Ct);

    /// <summary>Frames by number; a negative one is missing.</summary>
    private sealed class FakeSource(string name, params int[] numbers) : IFrameSource
    {
        public ReadOnlyMemory<byte> HeaderJson { get; } = Encoding.UTF8.GetBytes(
            $"{{\"x_pixels_in_detector\":4,\"y_pixels_in_detector\":4,\"bit_depth_image\":16,\"nimages\":{numbers.Length},"
            + $"\"hutch\":{{\"source\":\"{name}.h5\",\"images\":{numbers.Length}}}}}");

        public FrameHeader Header => FrameHeader.Parse(HeaderJson.Span).Value;

        public IReadOnlyList<string> Notes => [];

        public int? FrameCount => numbers.Length;

        internal string? Array { get; init; }

        public async IAsyncEnumerable<SourceArray> ReadArraysAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            if (Array is not null)
            {
                yield return new SourceArray("header.d/pixel_mask.npy", Encoding.UTF8.GetBytes(Array));
            }
        }

        public async IAsyncEnumerable<SourceFrame> ReadFramesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            foreach (int number in numbers)
            {
                yield return new SourceFrame(Math.Abs(number)) { Bytes = number < 0 ? default : Encoding.UTF8.GetBytes($"{name}{number}") };
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

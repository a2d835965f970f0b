using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Simulator;

namespace Hutch.Detectors.Tests.DectrisStream;

public sealed class SimulatedStreamTests
{
    private static readonly StreamSeriesName Name = new(7, "SIM");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_images_are_those_of_the_simulation_with_their_numbers()
    {
        SimulationOptions options = Series.Tiny with { Images = 3 };
        SimulatedStream stream = SimulatedStream.Simulate(options, Name, null, [], Ct).Value;

        for (int number = 0; number < 3; number++)
        {
            using StreamBuffer message = stream.Image(number);
            var image = Assert.IsType<ImageMessage>(StreamMessageReader.Read(message.Memory).Value);
            Assert.Equal((number, "SIM"), (image.ImageId, image.Series));
            Assert.Equal(Series.Draw(options, number, 0), image.Channels[0].Array!.Decode().Value.Bytes.ToArray());
        }
    }

    [Fact]
    public void Marked_images_differ_from_all_others_and_can_be_read()
    {
        var seen = new HashSet<string>();
        foreach (int? mark in (int?[])[null, 1, 2])
        {
            SimulatedStream stream = SimulatedStream.Simulate(Series.Tiny with { Images = 12 }, Name, null, [], Ct).Value;
            stream.Mark = mark;
            for (int number = 0; number < 12; number++)
            {
                using StreamBuffer message = stream.Image(number);
                var image = Assert.IsType<ImageMessage>(StreamMessageReader.Read(message.Memory).Value);
                seen.Add(Convert.ToHexString(image.Channels[0].Array!.Decode().Value.Bytes.Span));
            }
        }

        Assert.Equal(4 + (2 * 12), seen.Count); // four pictures are sent again and again
    }

    [Fact]
    public void The_start_describes_detector_beam_grid_and_mask()
    {
        var grid = new GridScan(3, 4, true);
        SimulatedStream stream = SimulatedStream.Simulate(
            Series.Tiny with { Images = 12 }, Name, grid, new JsonObject { ["dcid"] = 5 }, Ct).Value;

        var start = Assert.IsType<StartMessage>(StreamMessageReader.Read(stream.Start).Value);
        FrameHeader header = StreamHeader.Make(start, null).Value.Header;
        Assert.Equal((256, 256, 12), (header.Rows, header.Columns, header.Images));
        Assert.NotNull(header.DistanceMetres);
        Assert.Equal("header.d/pixel_mask.npy", header.MaskEntry);
        Assert.Equal(0, header.ScanIncrementDegrees);
        Assert.Equal(grid, header.Grid);
        Assert.Equal("""{"dcid":5,"grid":{"rows":3,"columns":4,"snaked":true}}""", start.Fields["user_data"]!.ToJsonString());
    }

    [Fact]
    public void The_crystal_is_in_the_middle_of_the_grid()
    {
        var grid = new GridScan(20, 30, false);

        int[] kinds = [.. Enumerable.Range(0, 600).Select(image => SimulatedStream.KindOf(grid, image, 3))];

        Assert.Equal([0, 1, 2], kinds.Distinct().Order());
        Assert.All(kinds.Take(30).Concat(kinds.TakeLast(30)), kind => Assert.Equal(0, kind));
    }

    [Fact]
    public async Task A_detector_without_a_reader_drops_images_in_real_time_and_counts_them()
    {
        SimulatedStream stream = SimulatedStream.Simulate(Series.Tiny with { Images = 200 }, Name, null, [], Ct).Value;
        using StreamSocket push = StreamSocket.OpenPush("tcp://127.0.0.1:*", binds: true, 4, TimeSpan.Zero).Value;
        using StreamSocket pull = StreamSocket.OpenPull(push.Endpoint, binds: false, 4).Value;
        var detector = new SimulatedDetector(stream, push, TimeProvider.System);
        Task sending = detector.RunAsync(3000, null, isRealTime: true, null, Ct);
        using StreamBuffer start = (await Task.Run(pull.Receive, Ct))!; // and then nothing more, until all were sent or dropped

        // Its end message waits for a reader, so its task does not say when the images are through.
        while (detector.Sent + detector.Dropped < 3000)
        {
            await Task.Delay(5, Ct);
        }

        long read = 0;
        for (StreamMessage? message = null; message is not EndMessage; read++)
        {
            using StreamBuffer received = (await Task.Run(pull.Receive, Ct))!;
            message = StreamMessageReader.Read(received.Memory).Value;
        }

        await sending;
        Assert.True(detector.Dropped > 0);
        Assert.Equal(detector.Sent, read - 1);
    }
}

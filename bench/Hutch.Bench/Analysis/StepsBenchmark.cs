using System.Diagnostics;
using System.Globalization;
using Hutch.Analysis.Foreign;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model.Parameters;
using System.Runtime.InteropServices;

namespace Hutch.Bench.Analysis;

/// <summary>
/// Stored frames of 4 Mpixel through a step in Python, as a worker does it with one program. Beside it the time of the same Python alone,
/// the built-in step of intensities on one thread, and a Python script that watches a folder, decodes and does the same.
/// </summary>
internal sealed class StepsBenchmark : IBenchmark
{
    private const string Python = "/usr/bin/python3";
    private const int SampleFrames = 8;

    public string Name => "steps";

    public string Description => "stored frames of 4M through a step in Python with one program, beside that Python alone, the built-in step of intensities on one thread, and a Python script that watches a folder; aim: < 1 ms a frame beside Python's own time and decoding";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int frames = context.IsQuick ? 150 : 600, rounds = context.IsQuick ? 3 : 7;
        var frame = new SyntheticFrame(2068, 2162, 1.5, 300);
        var header = new FrameHeader { Rows = frame.Height, Columns = frame.Width, Type = ElementType.UInt16 };
        byte[] chunk = Encode(frame.Pixels);
        int expected = frame.Pixels.Count(static pixel => pixel > 10);
        string script = Path.Combine(context.PeersFolder, "python_step.py");
        string helper = Path.GetFullPath(Path.Combine(context.PeersFolder, "../../python/src/hutch"));
        ForeignStep step = ForeignStep.Open(new StepCommand(Python, [script, helper], []), static _ => "code", TimeProvider.System).Value;
        var builtIn = new IntensityStep();
        List<double> ours = [], serial = [], intensity = [], decode = [], alone = [], watcher = [];
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(Measure(step, header, chunk, frames, ForeignSteps.FramesPerProgram, expected));
            serial.Add(Measure(step, header, chunk, frames, 1, expected));
            intensity.Add(Measure(builtIn, header, chunk, frames, 1, null));
            decode.Add(MeasureDecoding(frame, chunk, frames));
            alone.Add(double.Parse(await BenchmarkContext.RunProgramAsync(Python, [script, "alone", "2"], cancellationToken), CultureInfo.InvariantCulture));
            if (!context.IsAlone)
            {
                watcher.Add(await MeasureWatcherAsync(context, script, frame, chunk, Math.Min(frames, 150), cancellationToken));
            }
        }

        double own = BenchmarkContext.Median(alone), two = BenchmarkContext.Median(ours), one = BenchmarkContext.Median(serial);
        context.Report(Text($"Python step, one program: {1000 / two:0} frames/s, {two:0.00} ms a frame; Python alone {own:0.00} ms; beside it {two - own:0.00} ms"));
        context.Report(Text($"the same, one frame at a time: {one:0.00} ms; decoding alone {BenchmarkContext.Median(decode):0.00} ms; beside both {one - own - BenchmarkContext.Median(decode):0.00} ms, aim < 1 ms"));
        context.Report(Text($"built-in step of intensities, one thread: {1000 / BenchmarkContext.Median(intensity):0} frames/s"));
        if (watcher.Count > 0)
        {
            double theirs = BenchmarkContext.Median(watcher);
            context.Report(Text($"Python script that watches a folder: {1000 / theirs:0} frames/s; ratio {theirs / two:0.0} x"));
        }
    }

    /// <summary>Milliseconds of a frame, from its stored bytes to its row.</summary>
    private static double Measure(ImageStep step, FrameHeader header, byte[] chunk, int frames, int threads, int? expected)
    {
        using IPreparedStep prepared = step.Prepare(header, null, ParameterValues.Read(step.Declaration, null).Value).Value;
        Run(SampleFrames);
        long begin = Stopwatch.GetTimestamp();
        Run(frames);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds / frames;

        void Run(int count)
        {
            int next = 0;
            Thread[] all = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                using var row = new RowWriter(step.Declaration.Columns);
                for (int number = Interlocked.Increment(ref next); number <= count; number = Interlocked.Increment(ref next))
                {
                    if (row.Write(prepared, new RawFrame(number, chunk, null)) is { } error)
                    {
                        throw error.ToException();
                    }

                    string text = System.Text.Encoding.UTF8.GetString(row.Row.Span);
                    if (expected is int known && !text.Contains(Text($"\"count\":{known}"), StringComparison.Ordinal))
                    {
                        throw new InvalidOperationException($"The step counts another number than {known}: {text}");
                    }
                }
            }))];
            Array.ForEach(all, thread => thread.Start());
            Array.ForEach(all, thread => thread.Join());
        }
    }

    private static double MeasureDecoding(SyntheticFrame frame, byte[] chunk, int frames)
    {
        var pixels = new ushort[frame.Pixels.Length];
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < frames; i++)
        {
            FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, sizeof(ushort), 0, chunk, MemoryMarshal.AsBytes(pixels.AsSpan()));
        }

        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds / frames;
    }

    private static async Task<double> MeasureWatcherAsync(
        BenchmarkContext context, string script, SyntheticFrame frame, byte[] chunk, int frames, CancellationToken ct)
    {
        string folder = Path.Combine(context.Folder, "watched");
        Directory.CreateDirectory(folder);
        for (int number = 1; number <= frames; number++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, Text($"{number:D6}")), chunk, ct);
        }

        string seconds = await BenchmarkContext.RunProgramAsync(
            Python, [script, "watch", folder, Text($"{frames}"), Text($"{frame.Height}"), Text($"{frame.Width}")], ct);
        Directory.Delete(folder, recursive: true);
        return 1000 * double.Parse(seconds, CultureInfo.InvariantCulture) / frames;
    }

    private static byte[] Encode(ushort[] pixels)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<ushort>(pixels);
        var buffer = new byte[FrameEncoder.MaxEncodedLength(FrameCodec.BitshuffleLz4, bytes.Length)];
        int length = FrameEncoder.Encode(FrameCodec.BitshuffleLz4, sizeof(ushort), bytes, buffer);
        return buffer[..length];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

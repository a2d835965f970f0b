using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hutch.Analysis;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Formats.Frames;

namespace Hutch.Bench.Analysis;

/// <summary>
/// A stored series through the whole analysis, as a person starts it: the shipped server, just started and warm. Beside it what the
/// kernels alone would do on all cores, libhdf5 with plain C++ on all cores, and DIALS itself in one process a core.
/// </summary>
internal sealed class AnalyseBenchmark : IBenchmark
{
    private const int FewFrames = 20;
    private const int Rounds = 5;
    private const int QuickRounds = 3;

    // The server records when a run ended. Each question costs it a millisecond, which is no part of an analysis.
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    public string Name => "analyse";

    public string Description => "a stored series to durable result rows, frames a second of the shipped server, beside its kernels alone, libhdf5 with plain C++ on all cores, and DIALS in a process a core; aim: >= 0.7 x the kernels, >= 10 x the peer, 20 frames of a cold server in < 0.2 s";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        string peer = await context.CompileCppAsync(
            "analyse_series.cpp", cancellationToken, "-I/usr/include/hdf5/serial", "-L/usr/lib/x86_64-linux-gnu/hdf5/serial", "-lhdf5");
        await CompareAsync(context, peer, "4M", "eiger2-4m", context.IsQuick ? 200 : 400, cancellationToken);
        await CompareAsync(context, peer, "16M", "eiger2-16m", context.IsQuick ? 50 : 100, cancellationToken);
    }

    private static async Task CompareAsync(
        BenchmarkContext context, string peer, string what, string detector, int frames, CancellationToken ct)
    {
        StoredSeries series = await StoredSeries.SimulateAsync(context.Folder, what, detector, frames, ct);
        StoredSeries few = await StoredSeries.SimulateAsync(context.Folder, what + "-few", detector, FewFrames, ct);
        string data = Path.Combine(context.Folder, what);
        await IngestAsync(data, series, few, ct);
        double coldFew = await OnServerAsync(data, server => AnalyseAsync(server, "few", FewFrames, 0, ct), ct);
        List<double> cold = [], ours = [], ourProcessor = [], oneMore = [], kernels = [], kernelProcessor = [], theirs = [];
        for (int round = 0; round < (context.IsQuick ? QuickRounds : Rounds); round++)
        {
            await OnServerAsync(data, async server =>
            {
                // Each time another resolution limit beyond the detector: the same work, and not the same run again.
                cold.Add(frames / await AnalyseAsync(server, "series", frames, (3 * round) + 1, ct));
                await AnalyseAsync(server, "series", frames, (3 * round) + 2, ct);
                TimeSpan before = ProcessorTime(server);
                ours.Add(frames / await AnalyseAsync(server, "series", frames, (3 * round) + 3, ct));
                TimeSpan between = ProcessorTime(server);
                ourProcessor.Add((between - before).TotalMilliseconds / frames);
                await AnalyseAsync(server, "few", FewFrames, round + 1, ct);
                TimeSpan few = ProcessorTime(server) - between;
                oneMore.Add((between - before - few).TotalMilliseconds / (frames - FewFrames));
                return 0;
            }, ct);
            (double rate, double processor) = MeasureKernels(series, frames);
            kernels.Add(rate);
            kernelProcessor.Add(processor);
            if (!context.IsAlone)
            {
                theirs.Add(await MeasurePeerAsync(context, peer, series, frames, ct));
            }
        }

        double warm = BenchmarkContext.Median(ours);
        context.Report(Text($"{what}, {frames} frames: hutch {warm:0} frames/s warm, {BenchmarkContext.Median(cold):0} just started; its first {FewFrames} in {coldFew:0.00} s"));
        context.Report(Text($"{what}, the kernels alone on {Environment.ProcessorCount} cores {BenchmarkContext.Median(kernels):0} frames/s, ratio {BenchmarkContext.MedianRatio(ours, kernels):0.00} x, aim >= 0.7 x"));
        context.Report(Text($"{what}, processor time of a frame: hutch {BenchmarkContext.Median(ourProcessor):0.00} ms, its kernels alone {BenchmarkContext.Median(kernelProcessor):0.00} ms, ratio {BenchmarkContext.MedianRatio(kernelProcessor, ourProcessor):0.00} x"));
        context.Report(Text($"{what}, processor time of a frame more in the same run: hutch {BenchmarkContext.Median(oneMore):0.00} ms, ratio {BenchmarkContext.MedianRatio(kernelProcessor, oneMore):0.00} x"));
        if (theirs.Count > 0)
        {
            (double dials, double dialsProcessor) = await MeasureDialsAsync(context, series, ct);
            context.Report(Text($"{what}, DIALS in {Environment.ProcessorCount} processes {dials:0.0} frames/s, {dialsProcessor:0} ms of processor time for a frame; ratio {warm / dials:0} x, of processor time {dialsProcessor / BenchmarkContext.Median(ourProcessor):0} x"));
            context.Report(Text($"{what}, libhdf5 and plain C++ on {Environment.ProcessorCount} cores {BenchmarkContext.Median(theirs):0} frames/s, ratio {warm / BenchmarkContext.Median(theirs):0.0} x, aim >= 10 x"));
        }
    }

    private static TimeSpan ProcessorTime(ServerProcess server)
    {
        using Process process = Process.GetProcessById(server.ProcessId);
        return process.TotalProcessorTime;
    }

    private static async Task IngestAsync(string data, StoredSeries series, StoredSeries few, CancellationToken ct) =>
        await OnServerAsync(data, async server =>
        {
            await RunVerbAsync(server, ["ingest", "--quiet", series.Master, "series"], ct);
            await RunVerbAsync(server, ["ingest", "--quiet", few.Master, "few"], ct);
            return 0;
        }, ct);

    private static async Task<double> OnServerAsync(string data, Func<ServerProcess, Task<double>> use, CancellationToken ct)
    {
        await using ServerProcess server = await ServerProcess.StartReadyAsync(data, ct);
        double result = await use(server);
        await server.StopAsync(ct);
        return result;
    }

    /// <summary>Starts a run with the command; the seconds from its start to its end, as the server recorded them.</summary>
    private static async Task<double> AnalyseAsync(ServerProcess server, string dataset, int frames, int variant, CancellationToken ct)
    {
        string limit = Text($"{1000 + variant}");
        string started = await RunVerbAsync(server, ["analyse", dataset, "--d-max", limit, "--output", $"{dataset}-{variant}", "--no-wait", "--json"], ct);
        string run = JsonDocument.Parse(started).RootElement.GetProperty("run").GetString()!;
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await server.ReadAdminTokenAsync(ct));
        while (true)
        {
            JsonElement info = await http.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/runs/{run}", UriKind.Relative), ct);
            if (info.GetProperty("state").GetString() is not "running")
            {
                return Checked(info, frames);
            }

            await Task.Delay(PollEvery, ct);
        }
    }

    private static double Checked(JsonElement run, int frames)
    {
        long done = run.GetProperty("frames").GetInt64(), failures = run.GetProperty("failures").GetInt64();
        return done == frames && failures == 0
            ? (run.GetProperty("finished").GetDateTimeOffset() - run.GetProperty("started").GetDateTimeOffset()).TotalSeconds
            : throw new InvalidOperationException($"{done} of {frames} frames have a row, {failures} failed.");
    }

    internal static async Task<string> RunVerbAsync(ServerProcess server, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(HutchExecutable.Path, arguments) { RedirectStandardOutput = true };
        start.Environment["HUTCH_REMOTE"] = server.Address.ToString();
        start.Environment["HUTCH_TOKEN"] = await server.ReadAdminTokenAsync(ct);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("hutch did not start.");
        string printed = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"hutch {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    /// <summary>Frames a second, and milliseconds of processor time for one, when each core only decodes and analyses as the server does, from memory to statistics.</summary>
    private static (double Rate, double Processor) MeasureKernels(StoredSeries series, int frames)
    {
        int cores = Environment.ProcessorCount;
        int each = frames / cores;
        PerImageAnalysis[] analyses = [.. Enumerable.Range(0, cores).Select(_ => series.CreateAnalysis())];
        ushort[][] images = [.. analyses.Select(_ => new ushort[series.Header.Rows * series.Header.Columns])];
        void Work(int core, int count)
        {
            for (int i = 0; i < count; i++)
            {
                Span<byte> memory = MemoryMarshal.AsBytes(images[core].AsSpan());
                byte[] chunk = series.Sample[i % series.Sample.Count];
                var rows = new FrameRows(
                    i, new FramePieces(FrameCodec.BitshuffleLz4, sizeof(ushort), 0, chunk, memory.Length), memory, series.Header.Columns * sizeof(ushort));
                _ = analyses[core].Analyse<ushort>(ref rows).Value;
            }
        }

        Work(0, series.Sample.Count);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, cores).Select(core => new Thread(() => Work(core, each)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (each * cores / seconds, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (each * cores));
    }

    private static void Decode(byte[] chunk, ushort[] pixels)
    {
        FrameDecodeError error = FrameDecoder.TryDecode(FrameCodec.BitshuffleLz4, sizeof(ushort), 0, chunk, MemoryMarshal.AsBytes(pixels.AsSpan()));
        if (error != FrameDecodeError.None)
        {
            throw new InvalidOperationException(error.Describe());
        }
    }

    /// <summary>Frames a second of the peer, after it has found the same strong pixels.</summary>
    private static async Task<double> MeasurePeerAsync(BenchmarkContext context, string peer, StoredSeries series, int frames, CancellationToken ct)
    {
        string maskFile = Path.Combine(context.Folder, "mask");
        await File.WriteAllBytesAsync(maskFile, series.Mask.Bytes.ToArray(), ct);
        long strong = (await RunPeerAsync(peer, series, maskFile, series.Sample.Count, ct)).Strong;
        long mine = CountStrong(series);
        return strong == mine
            ? frames / (await RunPeerAsync(peer, series, maskFile, frames, ct)).Seconds
            : throw new InvalidOperationException($"The peer finds {strong} strong pixels, Hutch {mine}.");
    }

    /// <summary>
    /// Frames a second of DIALS, and milliseconds of its processor time for one, on the first frames of the series: it has to find as many
    /// spots on each as Hutch.
    /// </summary>
    private static async Task<(double Rate, double Processor)> MeasureDialsAsync(BenchmarkContext context, StoredSeries series, CancellationToken ct)
    {
        int frames = series.Sample.Count;
        string[] arguments = [Path.Combine(context.PeersFolder, "dials_series.py"), series.Master, Text($"{frames}"), Text($"{Environment.ProcessorCount}")];
        string[] printed = (await BenchmarkContext.RunProgramAsync("/usr/bin/python3", arguments, ct)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double[] numbers = [.. printed.Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return numbers[2..].SequenceEqual(CountSpots(series).Select(count => (double)count))
            ? (frames / numbers[0], numbers[1] * 1000 / frames)
            : throw new InvalidOperationException("DIALS does not find as many spots as Hutch.");
    }

    private static IEnumerable<int> CountSpots(StoredSeries series)
    {
        PerImageAnalysis analysis = series.CreateAnalysis();
        var pixels = new ushort[series.Header.Rows * series.Header.Columns];
        foreach (byte[] chunk in series.Sample)
        {
            Decode(chunk, pixels);
            yield return analysis.Analyse<ushort>(pixels).Value.SpotsTotal;
        }
    }

    private static long CountStrong(StoredSeries series)
    {
        var finder = new SpotFinder(series.Mask, SpotFinderParameters.Default);
        var pixels = new ushort[series.Header.Rows * series.Header.Columns];
        long strong = 0;
        foreach (byte[] chunk in series.Sample)
        {
            Decode(chunk, pixels);
            strong += finder.FindStrongPixels(pixels).Length;
        }

        return strong;
    }

    private static async Task<(long Strong, double Seconds)> RunPeerAsync(string peer, StoredSeries series, string mask, int frames, CancellationToken ct)
    {
        string[] arguments = [series.Data, Text($"{series.Header.Columns}"), Text($"{series.Header.Rows}"), mask, Text($"{Environment.ProcessorCount}"), Text($"{frames}")];
        string[] printed = (await BenchmarkContext.RunProgramAsync(peer, arguments, ct)).Split(' ');
        return long.Parse(printed[0], CultureInfo.InvariantCulture) == frames
            ? (long.Parse(printed[1], CultureInfo.InvariantCulture), double.Parse(printed[2], CultureInfo.InvariantCulture) / 1000)
            : throw new InvalidOperationException($"The peer analysed {printed[0]} of {frames} frames.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

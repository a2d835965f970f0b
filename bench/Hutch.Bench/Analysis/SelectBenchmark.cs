using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.Bench.Analysis;

/// <summary>
/// The frames that a run liked become a dataset, by the command that a person types, on a server that stays. Beside it a Python script that
/// reads the same rows and copies the frames, still compressed, into a file.
/// </summary>
internal sealed class SelectBenchmark : IBenchmark
{
    private const string Python = "/usr/bin/python3";
    private const string LeastSpots = "10"; // 3.5 % of the simulated frames have as many

    public string Name => "select";

    public string Description => "the 3 % of a series with the most spots become a dataset, beside a script with h5py that copies their chunks; aim: 100 000 frames in < 2 s";

    public async Task RunAsync(BenchmarkContext context, CancellationToken cancellationToken)
    {
        int frames = context.IsQuick ? 20_000 : 100_000, rounds = context.IsQuick ? 3 : 7;
        StoredSeries series = await StoredSeries.SimulateAsync(context.Folder, "series", "tiny", frames, cancellationToken);
        await using ServerProcess server = await ServerProcess.StartReadyAsync(Path.Combine(context.Folder, "data"), cancellationToken);
        Task<string> VerbAsync(params string[] arguments) => AnalyseBenchmark.RunVerbAsync(server, arguments, cancellationToken);
        await VerbAsync("ingest", "--quiet", series.Master, "series");
        await VerbAsync("close", "--quiet", "series");
        await VerbAsync("analyse", "--quiet", "series", "--output", "spots");
        string run = JsonElement.Parse(await VerbAsync("runs", "list", "spots", "--json")).GetProperty("id").GetString()!;
        string rows = Path.Combine(context.Folder, "rows");
        await VerbAsync("clone", "--quiet", "spots", rows);
        List<double> ours = [], theirs = [];
        int hits = 0;
        for (int round = 0; round < rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            string selected = await VerbAsync("select", run, $"n_spots_total >= {LeastSpots}", "--as", $"hits-{round}", "--json");
            ours.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            hits = JsonElement.Parse(selected).GetProperty("frames").GetInt32();
            if (context.IsAlone)
            {
                continue;
            }

            begin = Stopwatch.GetTimestamp();
            string copied = await BenchmarkContext.RunProgramAsync(
                Python,
                [
                    Path.Combine(context.PeersFolder, "h5py_select.py"), series.Master, Path.Combine(rows, "results.jsonl"),
                    Path.Combine(context.Folder, $"hits-{round}.h5"), LeastSpots,
                ],
                cancellationToken);
            theirs.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            if (int.Parse(copied, CultureInfo.InvariantCulture) != hits)
            {
                throw new InvalidOperationException($"hutch selected {hits} frames, h5py {copied}.");
            }
        }

        double own = BenchmarkContext.Median(ours);
        context.Report(Text($"{hits} of {frames} frames: {own:0.00} s, slowest {ours.Max():0.00} s, aim < 2 s for 100 000"));
        if (theirs.Count > 0)
        {
            context.Report(Text($"h5py, which copies them: {BenchmarkContext.Median(theirs):0.00} s; ratio {BenchmarkContext.MedianRatio(theirs, ours):0.00} x"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

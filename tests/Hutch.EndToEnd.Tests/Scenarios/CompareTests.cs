using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A trial beside an existing writer: is what Hutch has what the writer has?</summary>
public sealed class CompareTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_captured_series_equals_the_file_of_the_writer_and_its_results_those_of_another_pipeline()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine operators = await installation.AdminAsync(Ct);
        int port = LoopbackPort.FindFree();

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch simulate dataset sim --detector tiny --images 5
            hutch capture --listen tcp://127.0.0.1:{{port}} --dataset '{dcid}' --json >captured &
            hutch simulate detector --to tcp://127.0.0.1:{{port}} --from sim_master.h5 --frames 5 --user-data '{"dcid": 4711}'
            until [ -s captured ]; do sleep 0.1; done
            hutch analyse 4711 --json >rows.jsonl
            hutch clone 4711-spots spots
            hutch compare 4711 sim_master.h5 --results rows.jsonl
            hutch compare 4711 sim_master.h5 --results spots/results.csv --live --idle 2s --json

            # Packed in another way, the pixels are the same.
            hutch simulate dataset plain --detector tiny --images 5 --compression none
            hutch compare 4711 plain_master.h5

            # A frame less, and another number of spots.
            hutch simulate dataset more --detector tiny --images 6
            sed -E '2s/"n_spots_total":[0-9]+/"n_spots_total":12345/' rows.jsonl >others.jsonl
            code=0; hutch compare 4711 more_master.h5 --results others.jsonl || code=$?
            echo "exit $code"
            """,
            Ct)).AssertDone();

        string[] lines = done.Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("admin/4711 and ", StringComparison.Ordinal) && line.EndsWith("sim_master.h5' are equal.", StringComparison.Ordinal));
        Assert.Contains("  frames of the file  5: 5 equal byte for byte, 0 in all pixels, 0 different", lines);
        Assert.Contains("  results             5: 5 equal", lines);
        Assert.Contains("  frames of the file  5: 0 equal byte for byte, 5 in all pixels, 0 different", lines);
        Assert.Contains(lines, line => line.EndsWith("more_master.h5' are NOT EQUAL.", StringComparison.Ordinal));
        Assert.Contains("  only in the file    1: 000006", lines);
        Assert.Contains("  results             5: 4 equal", lines);
        Assert.Contains("exit 7", lines);
        JsonElement report = JsonDocument.Parse(lines.Single(line => line.StartsWith("{\"dataset\"", StringComparison.Ordinal))).RootElement;
        Assert.True(report.GetProperty("equal").GetBoolean());
        Assert.True(report.GetProperty("frames").GetProperty("fileMillisecondsMedian").GetDouble() > 0);
        Assert.True(report.GetProperty("storedMillisecondsMedian").GetDouble() > 0);
    }
}

using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A trial beside an existing writer: is what Hutch has what the writer has?</summary>
public sealed class CompareTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_captured_series_equals_the_file_of_the_writer_and_its_results_those_of_another_pipeline()
    {
        using Account operators = await shared.NewAccountAsync(Ct);
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
        Assert.Contains(lines, line => line.StartsWith($"{operators.Name}/4711 and ", StringComparison.Ordinal) && line.EndsWith("sim_master.h5' are equal.", StringComparison.Ordinal));
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

    [Fact]
    public async Task A_trial_compares_each_series_with_the_growing_file_of_the_writer_and_continues_after_a_restart()
    {
        using Account operators = await shared.NewAccountAsync(Ct);
        int port = LoopbackPort.FindFree();

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch simulate dataset sim --detector tiny --images 5
            hutch simulate dataset visit-1/scan_2_0 --detector tiny --images 6
            mkdir written
            capture() {
                hutch capture --listen tcp://127.0.0.1:{{port}} --dataset 'scan-{dcid}' --state state --shadow '{visit}/scan_{dcid}_0_master.h5' 2>>told &
            }
            detect() {
                hutch simulate detector --to tcp://127.0.0.1:{{port}} --from sim_master.h5 --frames 5 --user-data "$1"
            }
            lines() {
                until [ "$(cat state/shadow.jsonl 2>>trapped | wc -l)" = "$1" ]; do sleep 0.1; done
            }

            # The writer begins after the detector, and is still writing when the detector has ended.
            capture
            detect '{"dcid": 1, "visit": "written"}'
            sleep 1; for file in sim_data_*; do cp "$file" written/; done; cp sim_master.h5 written/scan_1_0_master.h5
            lines 1

            # A frame more in the file; no file that is named; one that leads out of the folder.
            detect '{"dcid": 2, "visit": "visit-1"}'
            lines 2
            kill $!; wait $!
            capture
            detect '{"dcid": 3}'
            lines 3
            detect '{"dcid": 4, "visit": "../../etc"}'
            lines 4
            kill $!; wait $!
            cat told
            cat state/shadow.jsonl
            """,
            Ct)).AssertDone();

        string[] lines = done.Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith($"{operators.Name}/scan-1 equals ", StringComparison.Ordinal)
            && line.Contains("So far: 1 series, 1 equal, 0 different", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"{operators.Name}/scan-2 DIFFERS from ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"{operators.Name}/scan-3 was not compared: The series does not say visit.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"{operators.Name}/scan-4 was not compared: ", StringComparison.Ordinal)
            && line.Contains("leads out of its folder. So far: 4 series, 1 equal, 1 different, 2 not compared; 11 frames", StringComparison.Ordinal));
        JsonElement first = JsonDocument.Parse(lines.First(line => line.StartsWith("{\"time\"", StringComparison.Ordinal))).RootElement;
        JsonElement found = first.GetProperty("comparison");
        Assert.True(found.GetProperty("frames").GetProperty("fileMillisecondsMedian").GetDouble() > found.GetProperty("storedMillisecondsMedian").GetDouble());
    }
}

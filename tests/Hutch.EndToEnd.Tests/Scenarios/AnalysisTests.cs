using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>From a detector file to results: a person at a command line.</summary>
public sealed class AnalysisTests(SharedServer shared)
{
    private static readonly string[] RowNames =
    [
        "file-number", "n_spots_total", "n_spots_no_ice", "n_spots_4A", "total_intensity", "estimated_d_min",
        "d_min_distl_method_1", "noisiness_method_1", "d_min_distl_method_2", "noisiness_method_2",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_detector_file_is_ingested_analysed_and_its_results_are_files_of_a_dataset()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync("hutch simulate dataset beamtime/sim --detector small --images 5 && hutch ingest beamtime/sim_master.h5 lysozyme", Ct)).AssertDone();

        CommandResult table = (await ada.RunAsync(Ct, "analyse", "lysozyme")).AssertDone();
        CommandResult lines = (await ada.RunAsync(Ct, "analyse", "lysozyme", "--json")).AssertDone();
        (await ada.RunShellAsync("hutch clone lysozyme-spots results", Ct)).AssertDone();

        Assert.Equal(6, table.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("frames/s", table.Errors, StringComparison.Ordinal);
        JsonElement[] rows = [.. lines.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).OrderBy(row => row.GetProperty("file-number").GetInt32())];
        Assert.Equal([1, 2, 3, 4, 5], rows.Select(row => row.GetProperty("file-number").GetInt32()));
        Assert.All(rows, row => Assert.Equal(RowNames, row.EnumerateObject().Select(property => property.Name)));
        Assert.True(rows.Sum(row => row.GetProperty("n_spots_total").GetInt32()) > 10);
        string[] kept = await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "results", "results.jsonl"), Ct);
        Assert.Equal(rows.Select(row => row.GetRawText()), kept);
        Assert.Equal(string.Join(',', RowNames), (await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "results", "results.csv"), Ct))[0]);
    }

    [Fact]
    public async Task A_series_is_ingested_while_its_files_appear()
    {
        using Account ada = await shared.NewAccountAsync(Ct);

        CommandResult result = await ada.RunShellAsync(
            """
            trap 'kill $(jobs -p)' EXIT
            hutch simulate dataset made/sim --detector tiny --images 6 --images-per-file 2
            mkdir beamtime
            hutch ingest --live beamtime/sim_master.h5 lysozyme --json >told &
            ingest=$!
            cp made/sim_master.h5 beamtime; cp made/sim_data_000001.h5 beamtime
            frames() {
                api "datasets/$(api 'datasets/resolve?name=lysozyme' | jq -r .id)/tree" | jq '[.items[].path | select(startswith("00"))] | length'
            }
            until test "$(frames)" = 2; do kill -0 $ingest; sleep 0.05; done
            cp made/sim_data_000002.h5 made/sim_data_000003.h5 beamtime
            wait $ingest
            trap - EXIT
            cat told
            """,
            Ct);

        Assert.Contains("\"frames\":6,\"missing\":0", result.AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_with_another_name_starts_its_own_reader()
    {
        using Account ada = await shared.NewAccountAsync(Ct);

        CommandResult result = await ada.RunShellAsync(
            """
            hutch=$(command -v hutch)
            cp -rs "$(dirname "$hutch")" program
            cp --remove-destination "$hutch" program/hutch-1.2
            hutch simulate dataset sim --detector tiny --images 2
            program/hutch-1.2 ingest sim_master.h5 lysozyme --json
            """,
            Ct);

        Assert.Contains("\"frames\":2", result.AssertDone().Output, StringComparison.Ordinal);
    }
}

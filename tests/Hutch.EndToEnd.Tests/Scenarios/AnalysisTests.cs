using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>From a detector file to results: a person at a command line.</summary>
public sealed class AnalysisTests
{
    private const int Unprocessable = 1;

    private static readonly string[] RowNames =
    [
        "file-number", "n_spots_total", "n_spots_no_ice", "n_spots_4A", "total_intensity", "estimated_d_min",
        "d_min_distl_method_1", "noisiness_method_1", "d_min_distl_method_2", "noisiness_method_2",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_detector_file_is_ingested_analysed_and_its_results_are_files_of_a_dataset()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine ada = await installation.AdminAsync(Ct);
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
    public async Task An_analysis_that_follows_prints_frames_as_they_come_and_ends_when_the_dataset_is_closed()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine ada = await installation.AdminAsync(Ct);
        const string Script =
            """
            hutch simulate dataset a --detector tiny --images 3
            hutch simulate dataset b --detector tiny --images 6
            hutch ingest a_master.h5 lysozyme
            hutch analyse lysozyme --follow --json >rows &
            following=$!
            until [[ -s rows ]]; do sleep 0.05; done
            hutch ingest b_master.h5 lysozyme
            hutch close lysozyme
            wait $following
            """;

        (await ada.RunShellAsync(Script, Ct)).AssertDone();
        (await ada.RunAsync(Ct, "close", "lysozyme-spots")).AssertDone();

        string[] rows = await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "rows"), Ct);
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.Select(row => JsonDocument.Parse(row).RootElement.GetProperty("file-number").GetInt32()).Order());
    }

    [Fact]
    public async Task What_cannot_be_analysed_is_told_in_words()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        CommandLine ada = await installation.AdminAsync(Ct);
        (await ada.RunShellAsync("mkdir d && cd d && echo '{' > header && echo x > 000001 && hutch init --name broken && hutch push", Ct)).AssertDone();

        CommandResult broken = await ada.RunAsync(Ct, "analyse", "broken");
        CommandResult none = await ada.RunAsync(Ct, "analyse", "nothing");

        Assert.Equal(Unprocessable, broken.ExitCode);
        Assert.Contains("not JSON", broken.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, none.ExitCode);
    }
}

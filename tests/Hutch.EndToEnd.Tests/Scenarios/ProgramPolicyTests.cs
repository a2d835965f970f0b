using System.Globalization;
using System.Text.Json;
using Hutch.Client;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>What documents of programs say about their runs: further attempts, starts after one another, files at the same time, tolerances.</summary>
public sealed class ProgramPolicyTests(ProgramServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_fails_with_an_exit_code_of_its_retry_policy_starts_another_attempt()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        CommandResult watched = await ada.RunShellAsync("hutch program run flaky scan --output made --watch && hutch clone made made && cat made/first made/made", Ct);

        Assert.EndsWith("1\n2\n", watched.AssertDone().Output, StringComparison.Ordinal);
        Assert.Matches(@"waits until [0-9:Z -]+: The command ended with exit code 75\.", watched.Output);
        JsonElement run = JsonElement.Parse((await ada.RunAsync(Ct, "runs", "list", "made", "--json")).AssertDone().Output);
        Assert.Equal(("done", 2), (run.GetProperty("state").GetString(), run.GetProperty("attempt").GetProperty("number").GetInt32()));
        Assert.Contains(
            "again after exit-code 75, with a delay of 4 seconds that doubles up to 3600",
            (await ada.RunAsync(Ct, "program", "show", "flaky")).AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_starts_when_the_one_before_it_has_published_its_results_and_once()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("for i in 1 2; do mkdir scan-$i && (cd scan-$i && echo $i > a && hutch init --name scan-$i && hutch push); done", Ct)).AssertDone();
        (await ada.RunShellAsync("hutch program enable second scan-1 && hutch program enable third --mine && hutch program list", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run first scan-1 && hutch program run first scan-2 --watch", Ct)).AssertDone();
        await ada.UntilAsync(
            client => client.ListDatasetsAsync(ct: Ct).AnyAsync(static one => one.Slug.EndsWith("third", StringComparison.Ordinal), Ct).AsTask(),
            static any => any, Ct);
        await ada.UntilAsync(client => client.ListRunsAsync(null, ct: Ct).AllAsync(static run => run.State == "done", Ct).AsTask(), static all => all, Ct);
        CommandResult results = await ada.RunShellAsync("sleep 3; hutch list --json | jq -r .name | sed s,.*/,, | sort", Ct);

        // Of the second scan, no program that follows is switched on.
        Assert.Equal(
            ["scan-1", "scan-1-first", "scan-1-first-second", "scan-1-first-second-third", "scan-2", "scan-2-first"],
            results.AssertDone().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("after first (on: 1 dataset)", (await ada.RunAsync(Ct, "program", "list")).AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_for_each_file_executes_some_at_the_same_time_and_names_the_one_that_failed()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir movies && cd movies && for i in 1 2 3 4; do printf $i > $i.mrc; done && echo > bad.mrc && hutch init --name movies && hutch push && hutch close movies", Ct)).AssertDone();

        CommandResult watched = await ada.RunShellAsync("hutch program run pairs movies --output times --watch", Ct);

        Assert.Contains("1 of 5 parts have failed. 'bad.mrc': The command ended with exit code 7.", watched.Errors, StringComparison.Ordinal);
        (await ada.RunShellAsync("hutch clone times times", Ct)).AssertDone();
        (long Begin, long End)[] times = [.. Enumerable.Range(1, 4).Select(i => (Time($"{i}.mrc/begin"), Time($"{i}.mrc/end")))];
        Assert.Equal(2, times.Max(one => times.Count(other => other.Begin <= one.Begin && one.Begin < other.End)));
        Assert.Contains(
            "a command for each file *.mrc, 2 files at the same time", (await ada.RunAsync(Ct, "program", "show", "pairs")).AssertDone().Output,
            StringComparison.Ordinal);

        long Time(string file) => long.Parse(File.ReadAllText(Path.Combine(ada.WorkingFolder, "times", file)), CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Numbers_in_HDF5_files_of_a_rerun_may_differ_within_the_tolerance_of_the_program_and_a_damaged_file_differs()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run noise scan --output calm --watch && hutch program run noise scan --parameter noise=true --output noisy --watch", Ct)).AssertDone();
        CommandResult calm = await ada.RunShellAsync("hutch rerun $(hutch runs list calm --json | jq -r .id)", Ct);
        CommandResult noisy = await ada.RunShellAsync("hutch rerun $(hutch runs list noisy --json | jq -r .id)", Ct);

        Assert.Matches(@"volume\.h5: within the tolerance, the largest relative difference of numbers is [0-9.]+e-[0-9]+", calm.Output);
        Assert.Matches(@"damaged\.h5: differs, .*damaged\.h5", calm.Output);
        Assert.Matches(@"volume\.h5: differs, '/noise' at \[0, 0, 0\]: \S+ became", noisy.Output);
    }
}

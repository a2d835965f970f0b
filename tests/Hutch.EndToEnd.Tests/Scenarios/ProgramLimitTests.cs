using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs that leave too much, and many starts by one command.</summary>
public sealed class ProgramLimitTests(ProgramServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Too_many_files_fail_a_run_a_long_log_keeps_its_begin_and_end_and_no_process_outlives_a_command()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo 1 > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        CommandResult files = await ada.RunAsync(Ct, "program", "run", "greedy", "scan", "--parameter", "what=files", "--output", "files", "--watch");
        Assert.Contains("left more than 200 files and folders, the most of this program", files.Errors, StringComparison.Ordinal);
        Assert.Equal("0", (await ada.RunShellAsync("hutch info files --json | jq .files", Ct)).AssertDone().Output.Trim());

        CommandResult log = await ada.RunShellAsync(
            """
            hutch program run greedy scan --parameter what=log --output log --watch > /dev/null && hutch clone log log >&2 && cd log
            stat -c %s hutch-run.log; head -n 1 hutch-run.log; tail -n 1 hutch-run.log; grep -a 'left out here' hutch-run.log
            """, Ct);
        string[] lines = log.AssertDone().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(long.Parse(lines[0]), 9 << 20, (9 << 20) + 200);
        Assert.Equal(("beginning", "the end"), (lines[1], lines[2]));
        Assert.Matches(@"\[hutch: \d+ bytes are left out here\]", lines[3]);

        (await ada.RunAsync(Ct, "program", "run", "greedy", "scan", "--parameter", "what=fork", "--output", "fork", "--watch")).AssertDone();
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc"), static process => TryRead(Path.Combine(process, "cmdline")) == "sleep\048152\0");
    }

    [Fact]
    public async Task A_search_starts_a_program_on_each_dataset_and_a_run_is_submitted_again_with_another_parameter()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync(
            """
            for i in 3 4; do mkdir table-$i && (cd table-$i && echo $i > a && hutch init --name table-$i --type table && hutch push); done
            mkdir other && cd other && echo 9 > a && hutch init --name other && hutch push
            """, Ct)).AssertDone();

        CommandResult dry = await ada.RunAsync(Ct, "program", "batch", "scale", $"owner:{ada.Name}", "--dry-run");
        Assert.Equal(3, dry.AssertDone().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("more than 2 datasets", (await ada.RunAsync(Ct, "program", "batch", "scale", $"owner:{ada.Name}", "--most", "2")).Errors, StringComparison.Ordinal);

        // What does not fit is named, and the others are started.
        CommandResult batch = await ada.RunAsync(Ct, "program", "batch", "scale", $"owner:{ada.Name}", "--parameter", "factor=5");
        Assert.Equal(1, batch.ExitCode);
        Assert.Contains($"{ada.Name}/other: ", batch.Errors, StringComparison.Ordinal);
        Assert.Contains("2 datasets of 3 have a run", batch.Errors, StringComparison.Ordinal);
        (await ada.RunShellAsync("for run in $(hutch runs list --json | jq -r .id); do hutch runs watch $run; done", Ct)).AssertDone();

        CommandResult again = await ada.RunAsync(Ct, "program", "batch", "scale", "type:table", "table-3", "--parameter", "factor=5");
        Assert.Contains($"{ada.Name}/table-3: {ada.Name}/table-3-scale@1 is the same result", again.Output, StringComparison.Ordinal);

        string run = JsonElement.Parse((await ada.RunAsync(Ct, "runs", "list", "table-3-scale", "--json")).AssertDone().Output).GetProperty("id").GetString()!;
        Assert.Contains("has computed the same before", (await ada.RunAsync(Ct, "runs", "resubmit", run)).Errors, StringComparison.Ordinal);
        CommandResult changed = await ada.RunShellAsync(
            $"hutch runs resubmit {run} --parameter factor=7 --output seven --watch && hutch clone seven seven && cat table-3/a seven/product", Ct);
        Assert.EndsWith("3\n21\n", changed.AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_loads_an_environment_module_and_takes_a_counted_resource_that_the_site_has()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo 1 > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        CommandResult fitted = await ada.RunShellAsync("hutch program run modular scan --output fitted --watch && hutch clone fitted fitted && cat fitted/fitted", Ct);

        Assert.EndsWith("fitted 1\n", fitted.AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains(
            "takes 3 of 'fit-licence', of which this site has 2", (await ada.RunAsync(Ct, "program", "run", "greedier", "scan")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_of_a_node_is_the_reason_of_a_failed_run()
    {
        using Account ada = await server.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir big && cd big && head -c 8000000 /dev/urandom > a && hutch init --name big && hutch push", Ct)).AssertDone();

        CommandResult failed = await ada.RunAsync(Ct, "program", "run", "tiny", "big", "--parameter", "what=fork", "--watch");

        Assert.Contains("Its input could not be staged: No space left on device", failed.Errors, StringComparison.Ordinal);
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }
}

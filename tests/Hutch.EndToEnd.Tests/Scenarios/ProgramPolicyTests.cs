using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>What documents of programs say about their runs: further attempts, starts after one another, and files at the same time.</summary>
public sealed class ProgramPolicyTests
{
    private const string Flaky = """
        title: Succeeds at its second attempt, with what the first one left
        version: "1"
        command: [sh, -c, '[ -e "$1/first" ] || { echo 1 > "$1/first"; exit 75; }; echo 2 > "$1/made"', sh, "{output}"]
        requires: [made]
        retry: {after: [exit-code 75], delay: 4 s}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_fails_with_an_exit_code_of_its_policy_goes_on_with_another_attempt()
    {
        using TemporaryFolder folder = new();
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(folder));
        Account ada = await installation.NewUserAsync("ada", Ct);
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

    private static string Configure(TemporaryFolder folder)
    {
        string programs = Directory.CreateDirectory(folder["programs"]).FullName;
        File.WriteAllText(Path.Combine(programs, "flaky.yaml"), Flaky);
        File.WriteAllText(folder["hutch.yaml"], $"programs: {{folder: '{programs}'}}\n");
        return folder["hutch.yaml"];
    }
}

using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.DataLad;

/// <summary>The scripts in <c>Programs</c>: what people type, with what Debian has. Tests of several classes run them, so that they run beside each other.</summary>
internal static class DataLadScript
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Programs => Path.Combine(HutchExecutable.RepositoryRoot, "tests", "Hutch.EndToEnd.Tests", "DataLad", "Programs");

    /// <summary>Runs a script as this person; what it printed.</summary>
    public static async Task<string> RunAsync(Account person, string program, string more = "")
    {
        string script = await File.ReadAllTextAsync(Path.Combine(Programs, program + ".sh"), Ct);

        CommandResult result = await person.RunShellAsync(
            $"""
            export PATH=$(dirname "$(command -v hutch)"):/usr/local/bin:/usr/bin:/bin
            export URL={person.Server.Address.GetLeftPart(UriPartial.Authority).Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}
            export TOKEN={person.Token} OWNER={person.Name} GIT_TERMINAL_PROMPT=0 DATALAD_UI_PROGRESSBAR=none
            git config --global user.name ann && git config --global user.email ann@example.org
            {more}
            set -E; trap 'echo "failed: $BASH_COMMAND"; cat problems imported again 2>/dev/null' ERR
            source {Programs}/functions
            {script}
            """,
            Ct);

        result.AssertDone();
        Assert.DoesNotContain(person.Token, person.Server.Output, StringComparison.Ordinal);
        return result.Output;
    }
}

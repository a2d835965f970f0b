using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Dav;

/// <summary>WebDAV clients, unmodified: each is a script in <c>Dav/Programs</c>.</summary>
public sealed class DavClientTests(SharedServer shared)
{
    /// <summary>
    /// The checks of litmus that do not pass: locks are exclusive, and the checks after <c>lock_shared</c> need a shared one.
    /// </summary>
    private static readonly string[] NotPassed =
    [
        "lock_shared FAIL", "notowner_modify SKIPPED", "notowner_lock SKIPPED", "owner_modify SKIPPED", "double_sharedlock SKIPPED",
        "notowner_modify SKIPPED", "notowner_lock SKIPPED", "unlock SKIPPED",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cadaver")]
    [InlineData("rclone")]
    public async Task The_program_works_unmodified(string program) => await RunAsync(program);

    [Fact]
    public async Task Litmus_passes_but_for_shared_locks()
    {
        string printed = await RunAsync("litmus");

        string[] checks = [.. printed.Split('\n').Where(line => line.StartsWith("check ", StringComparison.Ordinal)).Select(line => line[6..])];
        Assert.Equal(NotPassed, checks.Where(check => !check.EndsWith(" pass", StringComparison.Ordinal)));
        Assert.Equal(104, checks.Length);
        Assert.DoesNotContain("WARNING", printed, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string program)
    {
        string script = Path.Combine(
            HutchExecutable.RepositoryRoot, "tests", "Hutch.EndToEnd.Tests", "Dav", "Programs", program + ".sh");
        using Account person = await shared.NewAccountAsync(Ct);
        (await person.RunShellAsync("mkdir files && cd files && hutch init --name files", Ct)).AssertDone();
        CommandResult result = await person.RunShellAsync(
            $"""
            export URL={person.Server.Address}dav/{person.Name}/files TOKEN={person.Token} OWNER={person.Name}
            {await File.ReadAllTextAsync(script, Ct)}
            """,
            Ct);
        result.AssertDone();
        Assert.DoesNotContain(person.Token, person.Server.Output, StringComparison.Ordinal);
        return result.Output;
    }
}

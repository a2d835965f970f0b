using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>
/// Data folders that earlier programs left (tests/data/golden, made by make.sh there): the upgrade of an older one is taken back. Each is read and
/// written to in Hutch.Cli.Tests.
/// </summary>
public sealed class GoldenFolderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string GoldenFolder => Path.Combine(HutchExecutable.RepositoryRoot, "tests", "data", "golden");

    [Fact]
    public async Task An_upgrade_reports_its_steps_and_can_be_reverted_and_repeated()
    {
        using TemporaryFolder folder = new();
        string data = folder["data"];
        CommandLine ada = await UnpackAsync(folder, "format-1.tar.gz");
        string[] before = await FactsAsync(data);

        await using (ServerProcess upgraded = await ServerProcess.StartReadyAsync(data, Ct))
        {
            Assert.Contains("Upgraded the data folder from format 1 to 2.", upgraded.Output, StringComparison.Ordinal);
            Assert.Contains("Upgraded the data folder from format 2 to 3.", upgraded.Output, StringComparison.Ordinal);
            CommandResult busy = await ada.RunAsync(Ct, "upgrade", "--back", "--data", data);
            Assert.NotEqual(0, busy.ExitCode);
            Assert.Contains("is locked by process", busy.Errors, StringComparison.Ordinal);
            await upgraded.StopAsync(Ct);
        }

        (await ada.RunAsync(Ct, "upgrade", "--back", "--data", data)).AssertDone();
        CommandResult back = (await ada.RunAsync(Ct, "upgrade", "--back", "--data", data)).AssertDone();
        string[] after = await FactsAsync(data);
        (await ada.RunAsync(Ct, "upgrade", "--data", data)).AssertDone();
        await using ServerProcess again = await ServerProcess.StartReadyAsync(data, Ct);
        await ReadAllAsync(ada, folder, again);

        Assert.Contains("has format 1 again", back.Errors, StringComparison.Ordinal);
        Assert.Equal(before, after);
    }

    /// <summary>What the old program goes by, beside the databases: the small files as they are.</summary>
    private static async Task<string[]> FactsAsync(string data)
    {
        var facts = new List<string>();
        foreach (string name in new[] { "VERSION", "INCARNATION", "cursors.json", "s3.key", "admin.token" })
        {
            facts.Add($"{name}: {await File.ReadAllTextAsync(Path.Combine(data, name), Ct)}");
        }

        return [.. facts];
    }

    private static async Task ReadAllAsync(CommandLine ada, TemporaryFolder folder, ServerProcess server)
    {
        (await ada.RunAsync(["login", server.Address.ToString()], await File.ReadAllTextAsync(folder["ada.token"], Ct), Ct)).AssertDone();
        (await ada.RunShellAsync(
            $"""
            for name in lysozyme open-copy; do
                hutch clone "$name"
                (cd "$name" && sha256sum --quiet -c {folder["files.sha256"]} && test -L link && hutch verify)
            done
            test "$(hutch log lysozyme --json | wc -l)" -ge 2
            hutch share lysozyme | grep bob
            hutch search lysozyme | grep lysozyme
            """,
            Ct)).AssertDone();
    }

    private static async Task<CommandLine> UnpackAsync(TemporaryFolder folder, string archive)
    {
        CommandLine person = new(folder["home"], folder["work"]);
        (await person.RunShellAsync($"tar -xzf {Path.Combine(GoldenFolder, archive)} -C {folder.Path}", Ct)).AssertDone();
        return person;
    }
}

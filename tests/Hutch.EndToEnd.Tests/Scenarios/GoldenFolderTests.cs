using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>
/// Data folders that earlier programs left (tests/data/golden, made by make.sh there): each is opened, read, verified and written to, and the
/// upgrade of an older one is taken back.
/// </summary>
public sealed class GoldenFolderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Folders => [.. Directory.EnumerateFiles(GoldenFolder, "format-*.tar.gz").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string GoldenFolder => Path.Combine(HutchExecutable.RepositoryRoot, "tests", "data", "golden");

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_folder_of_every_format_is_opened_read_verified_and_pushed_to(string archive)
    {
        using TemporaryFolder folder = new();
        CommandLine ada = await UnpackAsync(folder, archive);

        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct);
        await ReadAllAsync(ada, folder, server);
        (await ada.RunShellAsync("cd open-copy && echo more > more && hutch push -m more && cd .. && hutch clone open-copy again && test -f again/more", Ct)).AssertDone();
    }

    /// <summary>
    /// Commits are cited: what they are made of is the same with every later program. It stands in <c>commits</c> beside the folders. (Their
    /// ids differ from one copy of a folder to the next: these are older than zones, whose id is drawn when such a folder is opened first.)
    /// </summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public async Task Git_is_given_the_same_trees_authors_and_times_of_a_folder_of_every_format(string archive)
    {
        using TemporaryFolder folder = new();
        CommandLine ada = await UnpackAsync(folder, archive);
        string token = (await File.ReadAllTextAsync(folder["ada.token"], Ct)).Trim();
        string expected = string.Concat((await File.ReadAllLinesAsync(Path.Combine(GoldenFolder, "commits"), Ct))
            .Where(line => line.StartsWith(archive + " ", StringComparison.Ordinal)).Select(line => line[(archive.Length + 1)..] + "\n"));

        await using ServerProcess server = await ServerProcess.StartReadyAsync(folder["data"], Ct);
        CommandResult given = await ada.RunShellAsync(
            $"""
            git clone --quiet http://any:{token}@{server.Address.Authority}/git/ada/lysozyme clone
            git -C clone log --reverse --format='%an %at %T %s'
            git -C clone rev-parse 'origin/git-annex^{"{tree}"}'
            """,
            Ct);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, given.AssertDone().Output);
    }

    [Fact]
    public async Task An_upgrade_says_what_it_did_and_is_taken_back_and_done_again()
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

    [Fact]
    public async Task Without_an_upgrade_there_is_no_way_back_but_a_backup()
    {
        using TemporaryFolder folder = new();
        CommandLine ada = await UnpackAsync(folder, "format-3.tar.gz");

        CommandResult refused = await ada.RunAsync(Ct, "upgrade", "--back", "--data", folder["data"]);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("has no copy from an upgrade", refused.Errors, StringComparison.Ordinal);
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

namespace Hutch.Cli.Tests.Scripts;

/// <summary>
/// Data folders that earlier programs left (tests/data/golden, made by make.sh there): each is opened, read, verified, given to git and written
/// to.
/// </summary>
public sealed class GoldenFolderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Folders => [.. Directory.EnumerateFiles(GoldenFolder, "format-*.tar.gz").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string GoldenFolder => Path.Combine(Snapshots.Repository, "tests", "data", "golden");

    /// <summary>
    /// Commits are cited: what they are made of is the same with every later program. It stands in <c>commits</c> beside the folders. (Their
    /// ids differ from one copy of a folder to the next: these are older than zones, whose id is drawn when such a folder is opened first.)
    /// </summary>
    [Theory]
    [MemberData(nameof(Folders))]
    public async Task A_folder_of_every_format_is_opened_read_verified_pushed_to_and_git_is_given_the_same_trees_authors_and_times(string archive)
    {
        await using LocalServer server = new();
        ScriptPerson ada = await UnpackAsync(server, archive);
        string token = (await File.ReadAllTextAsync(Path.Combine(server.Folder, "ada.token"), Ct)).Trim();
        string expected = string.Concat((await File.ReadAllLinesAsync(Path.Combine(GoldenFolder, "commits"), Ct))
            .Where(line => line.StartsWith(archive + " ", StringComparison.Ordinal)).Select(line => line[(archive.Length + 1)..] + "\n"));

        await server.StartAsync();
        ScriptResult given = await ada.RunShellAsync(
            $"""
            git clone --quiet http://any:{token}@{server.Address.Authority}/git/ada/lysozyme clone
            git -C clone log --reverse --format='%an %at %T %s'
            git -C clone rev-parse 'origin/git-annex^{"{tree}"}'
            """);
        (await ada.RunAsync(["login", server.Address.ToString()], token + "\n")).AssertDone();
        (await ada.RunShellAsync(
            $"""
            for name in lysozyme open-copy; do
                hutch clone "$name"
                (cd "$name" && sha256sum --quiet -c {server.Folder}/files.sha256 && test -L link && hutch verify)
            done
            test "$(hutch log lysozyme --json | wc -l)" -ge 2
            hutch share lysozyme | grep bob
            hutch search lysozyme | grep lysozyme
            """)).AssertDone();
        (await ada.RunShellAsync("cd open-copy && echo more > more && hutch push -m more && cd .. && hutch clone open-copy again && test -f again/more")).AssertDone();

        Assert.NotEmpty(expected);
        Assert.Equal(expected, given.AssertDone().Output);
    }

    [Fact]
    public async Task Without_an_upgrade_there_is_no_way_back_but_a_backup()
    {
        await using LocalServer server = new();
        ScriptPerson ada = await UnpackAsync(server, "format-3.tar.gz");

        ScriptResult refused = await ada.RunAsync("upgrade", "--back", "--data", server.Data);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("has no copy from an upgrade", refused.Errors, StringComparison.Ordinal);
    }

    private static async Task<ScriptPerson> UnpackAsync(LocalServer server, string archive)
    {
        ScriptPerson ada = server.NewPerson("ada");
        (await ada.RunShellAsync($"tar -xzf {Path.Combine(GoldenFolder, archive)} -C {server.Folder}")).AssertDone();
        return ada;
    }
}

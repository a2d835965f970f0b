using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.DataLad;

/// <summary>git, DataLad and git-annex write to datasets of a server.</summary>
/// <remarks>Clients' case annex.</remarks>
public sealed class DataLadWriteTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("push")]
    [InlineData("lfs")]
    [InlineData("containers")]
    public async Task The_program_writes(string program)
    {
        using Account ann = await shared.NewAccountAsync(Ct);

        await DataLadScript.RunAsync(ann, program);
    }

    [Fact]
    public async Task Git_annex_writes_and_an_operator_collects_its_unreferenced_content()
    {
        await using Installation installation = await Installation.StartAsync(Ct);

        await DataLadScript.RunAsync(await installation.AdminAsync(Ct), "annex");
    }

    [Fact]
    public async Task Commits_and_git_pushes_survive_a_kill_and_pushed_commits_can_be_salvaged_without_the_server()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        Account admin = await installation.AdminAsync(Ct);
        string first = await DataLadScript.RunAsync(admin, "commits");
        await DataLadScript.RunAsync(admin, "pushed");
        string data = installation.Server.DataFolder;
        await installation.Server.KillAsync();
        string salvage = Path.Combine(HutchExecutable.RepositoryRoot, "deploy", "salvage", "salvage.sh");
        CommandLine nobody = new(installation.NewFolder("homes/nobody"), installation.NewFolder("work/nobody"));

        (await nobody.RunShellAsync($"bash {salvage} {data}/segments out && git clone --quiet out/admin/rock.git clone", Ct)).AssertDone();
        string salvaged = (await nobody.RunShellAsync("git -C clone log --format=%H && cat clone/a.txt", Ct)).AssertDone().Output;
        await using ServerProcess again = await ServerProcess.StartReadyAsync(data, Ct);
        string second = (await nobody.RunShellAsync($"git ls-remote {again.Address}git/admin/stone", Ct)).AssertDone().Output;
        string served = (await nobody.RunShellAsync(
            $"git clone --quiet {again.Address}git/admin/rock served && git -C served log --format=%H && cat served/a.txt", Ct)).AssertDone().Output;

        Assert.Contains("refs/heads/main", first, StringComparison.Ordinal);
        Assert.Equal(first, second);
        Assert.Equal(served, salvaged);
        Assert.EndsWith("words by git\n", salvaged, StringComparison.Ordinal);
    }
}

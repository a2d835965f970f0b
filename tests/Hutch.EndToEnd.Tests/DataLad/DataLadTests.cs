using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.DataLad;

/// <summary>git, DataLad and git-annex as Debian has them, unmodified, on datasets of a server: each test is a script in <c>Programs</c>.</summary>
public sealed class DataLadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Programs => Path.Combine(HutchExecutable.RepositoryRoot, "tests", "Hutch.EndToEnd.Tests", "DataLad", "Programs");

    [Theory]
    [InlineData("git")]
    [InlineData("datalad")]
    public async Task The_program_reads_a_public_dataset(string program)
    {
        await using Installation installation = await Installation.StartAsync(Ct);

        await RunAsync(installation, program, "");
    }

    [Theory]
    [InlineData("push")]
    [InlineData("annex")]
    [InlineData("lfs")]
    [InlineData("containers")]
    public async Task The_program_writes(string program)
    {
        await using Installation installation = await Installation.StartAsync(Ct);

        await RunAsync(installation, program, "");
    }

    [Fact]
    public async Task A_RIA_store_is_imported_and_written_out()
    {
        await using Installation installation = await Installation.StartAsync(Ct);

        await RunAsync(installation, "store", "");
    }

    [Fact]
    public async Task Commits_are_the_same_after_the_server_was_killed()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        string first = await RunAsync(installation, "commits", "");
        string data = installation.Server.DataFolder;
        await installation.Server.KillAsync();
        await using ServerProcess again = await ServerProcess.StartReadyAsync(data, Ct);

        CommandLine nobody = new(installation.NewFolder("homes/nobody"), installation.NewFolder("work/nobody"));
        CommandResult second = await nobody.RunShellAsync($"git ls-remote {again.Address}git/admin/stone", Ct);

        Assert.Contains("refs/heads/main", first, StringComparison.Ordinal);
        Assert.Equal(first, second.AssertDone().Output);
    }

    [Fact]
    public async Task What_git_pushed_survives_a_kill_and_comes_out_without_the_server()
    {
        await using Installation installation = await Installation.StartAsync(Ct);
        await RunAsync(installation, "pushed", "");
        string data = installation.Server.DataFolder;
        await installation.Server.KillAsync();
        string salvage = Path.Combine(HutchExecutable.RepositoryRoot, "deploy", "salvage", "salvage.sh");
        CommandLine nobody = new(installation.NewFolder("homes/nobody"), installation.NewFolder("work/nobody"));

        (await nobody.RunShellAsync($"bash {salvage} {data}/segments out && git clone --quiet out/admin/rock.git clone", Ct)).AssertDone();
        string salvaged = (await nobody.RunShellAsync("git -C clone log --format=%H && cat clone/a.txt", Ct)).AssertDone().Output;
        await using ServerProcess again = await ServerProcess.StartReadyAsync(data, Ct);
        string served = (await nobody.RunShellAsync(
            $"git clone --quiet {again.Address}git/admin/rock served && git -C served log --format=%H && cat served/a.txt", Ct)).AssertDone().Output;

        Assert.Equal(served, salvaged);
        Assert.EndsWith("words by git\n", salvaged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_dataset_is_read_over_HTTPS_by_whoever_may()
    {
        using TemporaryFolder folder = new();
        CommandLine person = new(folder.Combine("home"), folder.Combine("work"));
        (string certificate, string key) = (folder.Combine("crt"), folder.Combine("key"));
        (await person.RunShellAsync(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
            + $" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {key} -out {certificate}",
            Ct)).AssertDone();
        int port = LoopbackPort.FindFree();
        await using Installation installation = await Installation.StartAsync(
            Ct, "--https", $"127.0.0.1:{port}", "--set", $"tls.certificateFile={certificate}", "--set", $"tls.keyFile={key}");

        await RunAsync(installation, "private", $"export HTTPS=https://localhost:{port} CA={certificate}");
    }

    private static async Task<string> RunAsync(Installation installation, string program, string more)
    {
        CommandLine admin = await installation.AdminAsync(Ct);
        string script = await File.ReadAllTextAsync(Path.Combine(Programs, program + ".sh"), Ct);
        string token = await File.ReadAllTextAsync(Path.Combine(installation.Server.DataFolder, "admin.token"), Ct);

        CommandResult result = await admin.RunShellAsync(
            $"""
            export PATH=$(dirname "$(command -v hutch)"):/usr/local/bin:/usr/bin:/bin
            export URL={installation.Server.Address.GetLeftPart(UriPartial.Authority).Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}
            export TOKEN={token.Trim()} GIT_TERMINAL_PROMPT=0 DATALAD_UI_PROGRESSBAR=none
            git config --global user.name ann && git config --global user.email ann@example.org
            {more}
            set -E; trap 'echo "failed: $BASH_COMMAND"; cat problems imported again 2>/dev/null' ERR
            source {Programs}/functions
            {script}
            """,
            Ct);

        result.AssertDone();
        Assert.DoesNotContain(token.Trim(), installation.Server.Output, StringComparison.Ordinal);
        return result.Output;
    }
}

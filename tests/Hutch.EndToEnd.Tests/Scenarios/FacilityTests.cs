using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A microscope writes into a folder, an operator drops a metadata file, and a scientist has a dataset.</summary>
public sealed class FacilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Sessions => _folder["sessions"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_session_is_published_while_it_grows_and_closed_at_its_end()
    {
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(LoopbackPort.FindFree(), "close: true"));
        CommandLine operators = await installation.AdminAsync(Ct);

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            hutch simulate microscope {{Sessions}} --session demo --movies 6 --rate 4 --frames 3 --size 64x64
            until hutch info demo | grep -q closed; do sleep 0.2; done
            hutch clone demo copy
            diff -r --exclude SPA.yml --exclude '.hutch*' {{Sessions}}/demo copy
            grep -c Email copy/SPA.yml {{Sessions}}/demo/SPA.yml || true
            hutch log demo
            hutch agent status --json
            """,
            Ct)).AssertDone();

        Assert.Contains("copy/SPA.yml:0\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("demo/SPA.yml:1\n", done.Output, StringComparison.Ordinal);
        Assert.Contains("Acquisition ended", done.Output, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"published\"", done.Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scientist_follows_the_invite_in_the_folder_and_has_the_dataset()
    {
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(LoopbackPort.FindFree()));
        CommandLine operators = await installation.AdminAsync(Ct);
        Account anna = await installation.NewUserAsync("anna", Ct);
        (await operators.RunShellAsync(
            $$"""
            hutch simulate microscope {{Sessions}} --session demo --movies 1 --rate 10 --frames 1 --size 64x64
            until [ -s {{Sessions}}/demo/.hutch-invite ]; do sleep 0.1; done
            """,
            Ct)).AssertDone();
        string invite = await File.ReadAllTextAsync(Path.Combine(Sessions, "demo", ".hutch-invite"), Ct);

        CommandResult seen = (await anna.RunShellAsync(
            $"""
            hutch invite accept '{invite.Trim()}'
            hutch list
            until hutch clone admin/demo copy && [ -e copy/gain.mrc ]; do rm -rf copy; sleep 0.3; done # once it is hashed
            cmp copy/gain.mrc {Sessions}/demo/gain.mrc
            """,
            Ct)).AssertDone();

        Assert.Contains("admin/demo", seen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_announces_files_looks_again_writes_a_letter_and_keeps_files_longer()
    {
        await using Installation installation = await Installation.StartAsync(
            Ct, "--config", Configure(LoopbackPort.FindFree(), "keep: 60d\n      maxKeep: 1y"));
        CommandLine operators = await installation.AdminAsync(Ct);

        CommandResult done = (await operators.RunShellAsync(
            $$"""
            mkdir -p {{Sessions}}/demo
            touch {{Sessions}}/demo/.running
            hutch agent poke {{Sessions}}/demo
            printf 'DataId: 1\nType: SPA\n' >{{Sessions}}/demo/SPA.yml
            hutch agent rescan {{Sessions}}/demo/SPA.yml
            until hutch info demo >/dev/null 2>&1; do sleep 0.1; done
            hutch agent scan
            until hutch agent keep demo >kept 2>/dev/null; do sleep 0.1; done
            cat kept
            rm {{Sessions}}/demo/.running
            until hutch agent keep demo | grep until; do sleep 0.1; done
            hutch agent keep demo --until $(date -u -d '+200 days' +%F)
            hutch agent keep demo --until $(date -u -d '+20 years' +%F) 2>&1 || echo refused
            hutch agent letter {{Sessions}}/demo
            hutch agent status --text demo
            hutch agent rescan /elsewhere 2>&1 || echo refused too
            """,
            Ct)).AssertDone();

        Assert.Contains("for now: their time begins when acquisition ends", done.Output, StringComparison.Ordinal);
        Assert.Contains("give an earlier time", done.Output, StringComparison.Ordinal);
        Assert.Contains("refused\n", done.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("send it again", done.Output, StringComparison.Ordinal);
        Assert.Contains("To have it among your own datasets, accept this invite", done.Output, StringComparison.Ordinal);
        Assert.Contains("published", done.Output, StringComparison.Ordinal);
        Assert.Contains("refused too", done.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_killed_again_and_again_has_every_file_at_the_end()
    {
        await using KilledServer server = await KilledServer.StartAsync(_folder["data"], port => ["--config", Configure(port)], Ct);
        var operators = new CommandLine(_folder["home"], _folder["work"]);
        (await operators.RunAsync(["login", server.Now.Address.ToString()], await server.Now.ReadAdminTokenAsync(Ct) + "\n", Ct)).AssertDone();
        Task<CommandResult> session = operators.RunShellAsync(
            $"""
            hutch simulate microscope {Sessions} --session demo --movies 2000 --rate 8 --frames 2 --size 128x128 & session=$!
            until [ -e over ] || ! kill -0 $session; do sleep 0.1; done
            kill $session; wait $session
            """,
            Ct);

        await server.KillAsync(5, Ct);

        // Of a session that no server ever saw running nobody would notice the end before nothing had changed for a day.
        await WaitAsync(operators, server.Now, "hutch info demo");
        await server.KillAsync(3, Ct);
        await File.WriteAllTextAsync(Path.Combine(operators.WorkingFolder, "over"), "", Ct);
        await server.KillAsync(2, Ct);
        (await session).AssertDone();
        await WaitAsync(operators, server.Now, "hutch log demo | grep -q 'Acquisition ended'");
        CommandResult compared = (await operators.RunShellAsync(
            $$"""
            (cd {{Sessions}}/demo && find . -type f ! -name '.hutch*' ! -name SPA.yml | sed 's#^./##' | sort | xargs sha256sum) >files
            hutch clone demo copy
            (cd copy && sha256sum -c ../files)
            hutch list --json
            hutch verify demo
            """,
            Ct)).AssertDone();

        Assert.Equal(1, compared.Output.Split('\n').Count(line => line.Contains("\"slug\"", StringComparison.Ordinal)));
        string metadata = await File.ReadAllTextAsync(Path.Combine(Sessions, "demo", "SPA.yml"), Ct);
        Assert.Single(metadata.Split('\n'), line => line.StartsWith("Hutch:", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.Combine(Sessions, "demo"), ".hutch-previous*"));
    }

    [Fact]
    public async Task What_is_wrong_in_a_folder_operators_read_and_strangers_do_not()
    {
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(LoopbackPort.FindFree()));
        CommandLine operators = await installation.AdminAsync(Ct);
        string folder = Path.Combine(Sessions, "20211227_Novak");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "SPA.yml"), "DataId: [unclosed\n", Ct);
        string status = (await operators.RunShellAsync(
            "until hutch agent status --json | grep -q attention; do sleep 0.1; done; hutch agent status 2>&1", Ct)).AssertDone().Output;
        using var http = new HttpClient();

        string ready = await http.GetStringAsync(new Uri(installation.Server.Address, "health/ready"), Ct);

        Assert.Contains("20211227_Novak", status, StringComparison.Ordinal);
        Assert.Contains("warning folder-attention: ", ready, StringComparison.Ordinal);
        Assert.DoesNotContain("Novak", ready, StringComparison.Ordinal);
    }

    /// <summary>Waits until a line of shell succeeds. When it never does, the failure says what the agent and the server say.</summary>
    private static async Task WaitAsync(CommandLine operators, ServerProcess server, string condition)
    {
        CommandResult waited = await operators.RunShellAsync(
            $"until {condition} >/dev/null 2>&1; do [ $SECONDS -lt 90 ] || exit 1; sleep 0.2; done", Ct);
        if (waited.ExitCode != 0)
        {
            CommandResult said = await operators.RunShellAsync("hutch agent status; hutch agent status --json; hutch log demo", Ct);
            Assert.Fail($"waited in vain for: {condition}\n{said.Output}\n{said.Errors}\nThe server printed:\n{server.Output}");
        }
    }

    private string Configure(int port, string more = "close: false")
    {
        Directory.CreateDirectory(Sessions);
        string path = _folder["hutch.yaml"];
        File.WriteAllText(
            path,
            $"""
            server: {JsonSerializer.Serialize(new { publicUrl = $"http://127.0.0.1:{port}/" })}
            agent:
              folders:
                - watch: {Sessions}
                  {more}
            """);
        return path;
    }
}

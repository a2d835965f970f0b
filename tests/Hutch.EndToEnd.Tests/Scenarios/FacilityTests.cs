using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A microscope writes into a folder, an operator drops a metadata file, and a scientist has a dataset.</summary>
public sealed class FacilityTests(FacilitySite site) : IClassFixture<FacilitySite>
{
    /// <summary>What has not come by then does not come, on a busy machine too.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_published_while_it_grows_and_closed_at_its_end()
    {
        (await site.Operators.RunShellAsync(
            $"hutch simulate microscope {site.Closing} --session demo --movies 6 --rate 4 --frames 3 --size 64x64", Ct)).AssertDone();
        await site.Operators.UntilDatasetAsync("demo", static demo => demo.State == "closed", Ct);

        CommandResult done = (await site.Operators.RunShellAsync(
            $$"""
            hutch clone demo copy
            diff -r --exclude SPA.yml --exclude '.hutch*' {{site.Closing}}/demo copy
            grep -c Email copy/SPA.yml {{site.Closing}}/demo/SPA.yml || true
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
    public async Task An_operator_announces_files_looks_again_writes_a_letter_and_keeps_files_longer()
    {
        CommandResult done = (await site.Operators.RunShellAsync(
            $$"""
            mkdir -p {{site.Keeping}}/other
            touch {{site.Keeping}}/other/.running
            hutch agent poke {{site.Keeping}}/other
            printf 'DataId: 1\nType: SPA\n' >{{site.Keeping}}/other/SPA.yml
            hutch agent rescan {{site.Keeping}}/other/SPA.yml
            until api 'datasets/resolve?name=other' >other.json; do sleep 0.05; done
            hutch agent scan
            until hutch agent keep other >kept 2>/dev/null; do sleep 0.1; done
            cat kept
            rm {{site.Keeping}}/other/.running
            until api datasets/$(jq -r .id other.json)/snapshots | grep 'Acquisition ended' >ended; do sleep 0.05; done
            until hutch agent keep other | grep until; do sleep 0.1; done
            hutch agent keep other --until $(date -u -d '+200 days' +%F)
            hutch agent keep other --until $(date -u -d '+20 years' +%F) 2>&1 || echo refused
            # N10: a relative path, as for the other verbs.
            (cd {{site.Keeping}} && hutch agent letter other)
            hutch agent status --text other
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
        using TemporaryFolder folder = new();
        string sessions = folder["sessions"];
        await using KilledServer server = await KilledServer.StartAsync(
            folder["data"], port => ["--config", FacilitySite.Configure(folder, port, (sessions, "close: false"))], Ct);
        using Account operators = new(server.Now, "admin", await server.Now.ReadAdminTokenAsync(Ct), folder["people"]);
        Task<CommandResult> session = operators.RunShellAsync(
            $"""
            hutch simulate microscope {sessions} --session demo --movies 2000 --rate 8 --frames 2 --size 128x128 & session=$!
            until [ -e over ] || ! kill -0 $session; do sleep 0.1; done
            kill $session; wait $session
            """,
            Ct);

        await server.KillAsync(2, Ct);

        // Waits until a server has seen the session running: otherwise its end is noticed only after a day without changes.
        DatasetInfo demo = await WaitAsync(operators, server, ct => operators.UntilDatasetAsync("demo", static _ => true, ct));
        await server.KillAsync(1, Ct);
        await File.WriteAllTextAsync(Path.Combine(operators.WorkingFolder, "over"), "", Ct);
        await server.KillAsync(1, Ct);
        (await session).AssertDone();
        await WaitAsync(operators, server, ct => operators.UntilAsync(
            client => client.ListSnapshotsAsync(demo.Id, ct).AnyAsync(static one => one.Message.Contains("Acquisition ended", StringComparison.Ordinal), ct).AsTask(),
            static any => any, ct));
        CommandResult compared = (await operators.RunShellAsync(
            $$"""
            (cd {{sessions}}/demo && find . -type f ! -name '.hutch*' ! -name SPA.yml | sed 's#^./##' | sort | xargs sha256sum) >files
            hutch clone demo copy
            (cd copy && sha256sum -c ../files)
            hutch list --json
            hutch verify demo
            # A replaced metadata file stays for some seconds after the last write.
            while compgen -G '{{sessions}}/demo/.hutch-previous*' >/dev/null; do sleep 0.1; done
            """,
            Ct)).AssertDone();

        Assert.Equal(1, compared.Output.Split('\n').Count(line => line.Contains("\"slug\"", StringComparison.Ordinal)));
        string metadata = await File.ReadAllTextAsync(Path.Combine(sessions, "demo", "SPA.yml"), Ct);
        Assert.Single(metadata.Split('\n'), line => line.StartsWith("Hutch:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_operators_see_which_facility_folder_has_a_problem()
    {
        string folder = Path.Combine(site.Keeping, "20211227_Novak");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "SPA.yml"), "DataId: [unclosed\n", Ct);
        string status = (await site.Operators.RunShellAsync(
            "until api agent/folders | grep attention >attention; do sleep 0.1; done; hutch agent status 2>&1", Ct)).AssertDone().Output;
        using var http = new HttpClient();

        string ready;
        while (!(ready = await http.GetStringAsync(new Uri(site.Installation.Server.Address, "health/ready"), Ct))
            .Contains("warning folder-attention: ", StringComparison.Ordinal))
        {
            await Task.Delay(100, Ct);
        }

        Assert.Contains("20211227_Novak", status, StringComparison.Ordinal);
        Assert.DoesNotContain("Novak", ready, StringComparison.Ordinal);
    }

    /// <summary>Waits for what must come. When it does not, the failure says what the agent and the server say.</summary>
    private static async Task<T> WaitAsync<T>(Account operators, KilledServer server, Func<CancellationToken, Task<T>> wait)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        try
        {
            return await wait(limit.Token);
        }
        catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
        {
            CommandResult said = await operators.RunShellAsync("hutch agent status; hutch agent status --json; hutch log demo", Ct);
            Assert.Fail($"waited in vain\n{said.Output}\n{said.Errors}\nThe server printed:\n{server.Now.Output}");
            throw;
        }
    }
}

using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>
/// A facility gives up results that a real program computes again in its image, and gets them back by running it: two real servers, which
/// are killed on the way.
/// </summary>
public sealed class ReproductionTests : IAsyncLifetime
{
    private const string Table = """
        title: Table of a scan
        version: "1"
        image: admin/tools@1
        command: [sh, -c, 'while read -r line; do echo "$line $line"; done < "$1/a" > "$2/twice"; cat "$1/a" > "$2/copy"; echo done', sh, "{input}", "{output}"]
        requires: [twice]
        """;

    // Until a moment that the test chooses, it computes the same each time.
    private const string Clock = """
        title: Table that changes
        version: "1"
        image: admin/tools@1
        command: [sh, -c, 'cat "$1/a" > "$2/same"; if [ "$(date +%s)" -lt "$3" ]; then echo early; else echo late; fi > "$2/when"', sh, "{input}", "{output}", "{until}"]
        parameters: {until: {kind: integer, range: [0, 99999999999]}}
        """;

    private readonly TemporaryFolder _folder = new();
    private SiteProcess _facility = null!;
    private SiteProcess _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string programs = Directory.CreateDirectory(_folder["programs"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(programs, "table.yaml"), Table, Ct);
        await File.WriteAllTextAsync(Path.Combine(programs, "clock.yaml"), Clock, Ct);
        _facility = new SiteProcess(
            "facility", _folder["facility"], ["--set", "server.name=facility", "--set", $"programs.folder={programs}"]);
        _archive = new SiteProcess("archive", _folder["archive"], []);
        await _facility.StartZoneAsync(_archive);
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _facility.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_a_program_computes_again_goes_and_comes_back_though_servers_are_killed_and_what_differs_stays_away()
    {
        await HoldInputsAsync();
        (DatasetId table, string run) = await ComputeAsync("table");
        string before = await SumsAsync("before", "table");
        await _facility.RunAsync("rerun", run);
        await _facility.RunShellAsync("hutch purge scan-table-rerun --reason proved; hutch evict scan-table --reproducible");
        await KillAsync(_facility);
        await _facility.RunAsync("gc");
        string info = await _facility.RunAsync("info", "scan-table");
        Assert.Contains($"evicted, reproducible by `hutch rerun {run} --restore`", info, StringComparison.Ordinal);
        Assert.Equal("log\n", await _facility.RunShellAsync("hutch list scan-table | grep -q twice; echo log"));
        string refused = (await _facility.Person.RunAsync(Ct, "clone", "scan-table", "away")).Errors;
        Assert.Contains($"hutch rerun {run} --restore", refused, StringComparison.Ordinal);
        Assert.Contains("InvalidObjectState", await ReadOverS3Async("scan-table", "twice"), StringComparison.Ordinal);

        // The server is killed when the run waits, and again a moment later.
        await _facility.RunAsync("rerun", run, "--restore", "--no-wait");
        await KillAsync(_facility);
        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
        await KillAsync(_facility);
        await _facility.UntilAsync(client => client.GetEvictionAsync(table, Ct), static eviction => eviction.State == "here");
        await _facility.RunAsync("gc");
        Assert.Equal(before, await SumsAsync("back", "table"));

        // A program that computes something else later brings nothing back.
        string until = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 45).ToString(System.Globalization.CultureInfo.InvariantCulture);
        (DatasetId clock, run) = await ComputeAsync("clock", "--parameter", "until=" + until);
        await _facility.RunAsync("rerun", run, "--output", "proof");
        await _facility.RunShellAsync("hutch purge proof --reason proved; hutch evict scan-clock --reproducible; hutch gc");
        await _facility.RunShellAsync($"while [ $(date +%s) -lt {until} ]; do sleep 0.2; done");
        string failed = await _facility.RunShellAsync($"hutch rerun {run} --restore 2>&1 || echo failed");
        Assert.Contains("when: differs", failed, StringComparison.Ordinal);
        Assert.Contains("The bytes of admin/scan-clock are still evicted.", failed, StringComparison.Ordinal);
        Assert.EndsWith("failed\n", failed, StringComparison.Ordinal);
        Assert.Equal("evicted", (await _facility.Client.GetEvictionAsync(clock, Ct)).State);
        Assert.Equal(
            ErrorCode.Evicted, (await Assert.ThrowsAsync<HutchException>(() => _facility.ReadAsync(clock, "same"))).Error.Code);
    }

    private static async Task KillAsync(SiteProcess site)
    {
        await site.KillAsync();
        await site.StartAsync();
    }

    /// <summary>Makes an input and an image, which both sites hold.</summary>
    private async Task HoldInputsAsync()
    {
        DatasetId[] inputs =
        [
            await _facility.PushAsync("scan", "seq 2000 > a"),
            await _facility.PushAsync(
                "tools",
                """
                mkdir -p etc usr/bin sys && ln -s usr/bin bin
                for program in sh cat date; do cp -L "$(command -v $program)" usr/bin; done
                for library in $(ldd usr/bin/* | grep -oE '\s/[^ ]+' | sort -u); do mkdir -p ".$(dirname $library)"; cp -L $library ".$library"; done
                """),
        ];
        foreach (DatasetId input in inputs)
        {
            await _facility.Client.CloseDatasetAsync(input, new CloseDataset(), Ct);
            await _facility.Client.RequestCopyAsync(input, new AskCopy { Site = "archive" }, Ct);
        }

        foreach (DatasetId input in inputs)
        {
            await _facility.UntilCopyAsync(input, "archive", static copy => copy.State == "complete");
            await _facility.Client.EvictAsync(input, new EvictDataset { Keep = true }, Ct);
            await _facility.UntilAsync(client => client.GetEvictionAsync(input, Ct), static eviction => eviction.State == "held");
        }
    }

    /// <summary>Runs a program, and permits the eviction of its results.</summary>
    private async Task<(DatasetId Results, string Run)> ComputeAsync(string program, params string[] parameters)
    {
        await _facility.RunAsync(["program", "run", program, "scan", "--watch", .. parameters]);
        string name = "scan-" + program;
        await _facility.RunShellAsync($"hutch close {name}; hutch rule add '1 copy | reproducible where site=facility' --dataset {name}");
        string info = await _facility.RunAsync("info", name, "--json");
        string run = await _facility.RunShellAsync($"hutch runs list {name} --json | jq -r .id");
        return (JsonSerializer.Deserialize(info, HutchJson.Default.DatasetInfo)!.Id, run.Trim());
    }

    /// <summary>The SHA-256 of all files of results.</summary>
    private Task<string> SumsAsync(string folder, string program) => _facility.RunShellAsync(
        $"hutch clone --quiet scan-{program} {folder} >/dev/null; cd {folder}; sha256sum twice copy hutch-run.log");

    private Task<string> ReadOverS3Async(string dataset, string key) => _facility.RunShellAsync(
        $"""
        hutch share {dataset} --with public >/dev/null
        curl --silent {_facility.Server.S3.GetLeftPart(UriPartial.Authority)}/admin.{dataset}/{key}
        """);
}

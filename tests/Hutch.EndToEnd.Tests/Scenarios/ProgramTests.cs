using System.Text.Json;
using Hutch.Client;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs that the server starts on behalf of users, in the sandbox of this machine.</summary>
public sealed class ProgramTests(ProgramServer shared)
{
    private const string Each = """
        title: The size of each movie
        version: "1"
        each: "*.mrc"
        command: [sh, -c, 'wc -c < "$1" > "$2/size"', sh, "{file}", "{output}"]
        requires: [size]
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_sees_its_input_and_nothing_else_and_leaves_no_process_behind()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run look scan --parameter 'text=a b; $(id)' --output seen --watch && hutch clone seen seen", Ct)).AssertDone();
        string Seen(string file) => File.ReadAllText(Path.Combine(ada.WorkingFolder, "seen", file));
        Assert.Equal(("alpha\n", "a b; $(id)\n", "seen\n"), (Seen("copy"), Seen("value"), Seen("hutch-run.log")));
        Assert.Contains("Read-only file system", Seen("denied"), StringComparison.Ordinal);
        Assert.Equal("written\n", Seen("shared"));
        Assert.DoesNotContain("home", Seen("root").Split('\n'));
        Assert.DoesNotContain("hutchrun_", Seen("env"), StringComparison.Ordinal);
        Assert.DoesNotContain("eth", Seen("net"), StringComparison.Ordinal);
        Assert.False(IsRunning("48151"));

        // A program that ends with 0 without its result has failed; what a failed one left is kept.
        CommandResult nothing = await ada.RunShellAsync("hutch program run ends scan --parameter how=nothing --output nothing --watch", Ct);
        Assert.Contains("left no file 'made'", nothing.Errors, StringComparison.Ordinal);
        CommandResult code = await ada.RunShellAsync("hutch program run ends scan --parameter how=code --output code --watch || hutch list code", Ct);
        Assert.Contains("exit code 3", code.Errors, StringComparison.Ordinal);
        Assert.Contains("begun", code.Output, StringComparison.Ordinal);

        string run = await StartAsync(ada, "stopped");
        await UntilAsync(() => IsRunning(shared.Gate));
        (await ada.RunAsync(Ct, "runs", "stop", run)).AssertDone();
        await UntilAsync(() => !IsRunning(shared.Gate));
        Assert.Contains("\"state\":\"cancelled\"", (await ada.RunAsync(Ct, "runs", "show", run, "--json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rerun_confirms_reproducible_results_and_reports_different_ones()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();
        (await ada.RunShellAsync("mkdir gain && cd gain && echo beta > g && hutch init --name gain --type table && hutch push && hutch close gain", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run dice scan --output sum --watch && hutch clone sum summed", Ct)).AssertDone();
        CommandResult tried = await ada.RunShellAsync($"mkdir further && cp -r gain further/gain && hutch program try {shared.DocumentOf("dice")} scan --output tried --inputs further && cat tried/sum", Ct);
        Assert.EndsWith("alpha\nbeta\n", tried.AssertDone().Output, StringComparison.Ordinal);
        Assert.Equal("alpha\nbeta\n", await File.ReadAllTextAsync(Path.Combine(ada.WorkingFolder, "summed", "sum"), Ct));
        CommandResult same = await ada.RunShellAsync($"hutch rerun {RunOf("sum")} && hutch info sum", Ct);
        Assert.Matches(@"rerun      reproduced at \S+ on \S+, equal in 2 of 2 files", same.AssertDone().Output);

        // The W3C's model in Python reads the provenance.
        CommandResult provenance = await ada.RunShellAsync(
            $"""
            curl -sf -H "Authorization: Bearer {ada.Token}" "{ada.Server.Address}api/v1/datasets/$(hutch info sum --json | jq -r .id)/provenance" > prov.json
            /usr/bin/python3 - <<'PYTHON'
            from prov.model import ProvDocument, ProvActivity, ProvEntity, ProvUsage, ProvAttribution
            document = ProvDocument.deserialize("prov.json")
            print(*(len(list(document.get_records(kind))) for kind in (ProvActivity, ProvEntity, ProvUsage, ProvAttribution)))
            PYTHON
            """, Ct);
        Assert.Equal("1 4 2 1\n", provenance.AssertDone().Output);

        (await ada.RunShellAsync("hutch program run dice scan --parameter dice=true --output dice --watch", Ct)).AssertDone();
        CommandResult other = await ada.RunShellAsync($"hutch rerun {RunOf("dice")}", Ct);
        Assert.Contains("dice: differs, other bytes of the same number", other.Output, StringComparison.Ordinal);
        Assert.Contains("not reproduced", other.Output, StringComparison.Ordinal);
        Assert.Equal(1, other.ExitCode);

        static string RunOf(string results) => $"$(hutch runs list {results} --json | jq -r .id)";
    }

    [Fact]
    public async Task A_run_whose_server_is_killed_is_executed_again_to_one_result()
    {
        using TemporaryFolder folder = new();
        string configuration = Configure(folder);
        await using Installation installation = await Installation.StartAsync(Ct, "--config", configuration);
        Account admin = await installation.AdminAsync(Ct);
        (await admin.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();
        (await admin.RunShellAsync("mkdir movies && cd movies && printf 1 > '[1].mrc' && hutch init --name movies && hutch push", Ct)).AssertDone();
        string each = JsonElement.Parse((await admin.RunAsync(Ct, "program", "run", "each", "movies", "--output", "sizes", "--json")).AssertDone().Output).GetProperty("id").GetString()!;
        string run = await StartAsync(admin, "result");
        await UntilAsync(() => IsRunning(folder["gate"]));
        await admin.UntilAsync(client => client.ListPartsAsync(each, "done", Ct).AnyAsync(Ct).AsTask(), static any => any, Ct);

        await installation.Server.KillAsync();
        await UntilAsync(() => !IsRunning(folder["gate"]));

        // The document of the run is in the run: the new one, which would fail, changes new runs only.
        await File.WriteAllTextAsync(Path.Combine(folder["programs"], "ends.yaml"), ProgramDocuments.Ends.Replace("echo begun", "exit 9"), Ct);
        await using ServerProcess server = await ServerProcess.StartReadyAsync(
            installation.Server.DataFolder, Ct, "--config", configuration);
        Account again = new(server, "admin", await server.ReadAdminTokenAsync(Ct), folder["again"]);
        await UntilAsync(() => IsRunning(folder["gate"]));
        await File.WriteAllTextAsync(Path.Combine(folder["gate"], "open"), "", Ct);
        (await again.RunAsync(Ct, "runs", "watch", run)).AssertDone();

        JsonElement ended = JsonElement.Parse((await again.RunAsync(Ct, "runs", "show", run, "--json")).Output);
        Assert.Equal(("done", 2), (ended.GetProperty("state").GetString(), ended.GetProperty("attempt").GetProperty("number").GetInt32()));
        Assert.Equal("1", (await again.RunShellAsync("hutch info result --json | jq .snapshots", Ct)).Output.Trim());

        // A program for each file waits for more of them while its input is open, and repeats none that is done.
        (await again.RunShellAsync("hutch clone movies movies && cd movies && printf 22 > 2.mrc && echo no > notes && hutch push && hutch close movies", Ct)).AssertDone();
        (await again.RunAsync(Ct, "runs", "watch", each)).AssertDone();
        CommandResult parts = await again.RunShellAsync($"hutch runs parts {each} --json | jq -c '[.part, .state, .attempt]'; hutch clone sizes sizes >&2; cat sizes/*/size", Ct);
        Assert.Equal("[\"[1].mrc\",\"done\",1]\n[\"2.mrc\",\"done\",1]\n2\n1\n", parts.AssertDone().Output);

        CommandResult rerun = await again.RunAsync(Ct, "rerun", each);
        Assert.Contains("equal in 4 of 4 files", rerun.AssertDone().Output, StringComparison.Ordinal);
        CommandResult older = await again.RunAsync(Ct, "program", "run", "each", "movies@1");
        Assert.Contains("reads the newest version of 'admin/movies', which is", older.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_runs_in_its_image_which_is_one_of_its_inputs()
    {
        using Account ada = await shared.NewAccountAsync(Ct, "ada");
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();
        Assert.Contains("runs in the image ada/tools@1", (await ada.RunAsync(Ct, "program", "run", "inside", "scan")).Errors, StringComparison.Ordinal);

        // The root file system of an image with a few programs, and a later version with none.
        (await ada.RunShellAsync(
            """
            mkdir -p tools/etc tools/usr/bin tools/sys && cd tools && ln -s usr/bin bin && ln -s /absent dangling && echo version 1 > etc/image
            for program in sh cat id ls; do cp -L "$(command -v $program)" usr/bin; done
            for library in $(ldd usr/bin/* | grep -oE '\s/[^ ]+' | sort -u); do mkdir -p ".$(dirname $library)"; cp -L $library ".$library"; done
            hutch init --name tools && hutch push && rm usr/bin/* && hutch push
            """, Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run inside scan --output inside --watch && hutch clone inside inside", Ct)).AssertDone();
        string Seen(string file) => File.ReadAllText(Path.Combine(ada.WorkingFolder, "inside", file));
        Assert.Equal("version 1\nalpha\n", Seen("both"));
        Assert.Equal("cat id ls sh", Seen("programs").ReplaceLineEndings(" ").Trim());
        Assert.Matches("Read-only file system|Permission denied", Seen("denied"));
        Assert.NotEqual("0\n", Seen("account"));
        Assert.Equal("CapPrm: 0000000000000000\nCapEff: 0000000000000000\nNoNewPrivs: 1\n", Seen("rights"));
        CommandResult proved = await ada.RunShellAsync("hutch rerun $(hutch runs list inside --json | jq -r .id) && hutch info inside", Ct);
        Assert.Matches(@"parent     ada/tools\n[^$]*reproduced at \S+ on \S+, equal in 6 of 6 files", proved.AssertDone().Output);

        CommandResult bare = await ada.RunAsync(Ct, "program", "run", "bare", "scan", "--output", "bare", "--watch");
        Assert.Contains("The image has no shell, /bin/sh", bare.Errors, StringComparison.Ordinal);

        // Each version was staged once; the first has had two runs.
        Assert.Equal(2, Directory.GetFiles(Path.Combine(ada.Server.DataFolder, "programs-scratch", "images"), "*.done").Length);
    }

    private static string Configure(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["gate"]);
        folder.Write("programs/each.yaml", Each);
        folder.Write("programs/ends.yaml", ProgramDocuments.Ends.Replace("GATE", folder["gate"]));
        folder.Write("hutch.yaml", $"programs: {{folder: '{folder["programs"]}', readOnlyFolders: ['{folder["gate"]}']}}\n");
        return folder["hutch.yaml"];
    }

    private static async Task<string> StartAsync(Account account, string output)
    {
        CommandResult started = await account.RunAsync(Ct, "program", "run", "ends", "scan", "--parameter", "how=wait", "--output", output, "--json");
        started.AssertDone();
        return JsonElement.Parse(started.Output).GetProperty("id").GetString()!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(50, Ct);
        }
    }

    /// <summary>Whether a process has a text among its arguments, apart from this one and servers.</summary>
    private static bool IsRunning(string text) => Directory.EnumerateDirectories("/proc").Any(process => Arguments(process) is { } words
        && words.StartsWith("/bin/sh", StringComparison.Ordinal) && words.Contains(text, StringComparison.Ordinal)
        || Arguments(process) == $"sleep\0{text}\0");

    private static string Arguments(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // no process, or one that has ended
        }
    }
}

using System.Globalization;
using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>What documents of programs say about their runs: further attempts, starts after one another, files at the same time, tolerances.</summary>
public sealed class ProgramPolicyTests
{
    private const string Flaky = """
        title: Succeeds at its second attempt, with what the first one left
        version: "1"
        command: [sh, -c, '[ -e "$1/first" ] || { echo 1 > "$1/first"; exit 75; }; echo 2 > "$1/made"', sh, "{output}"]
        requires: [made]
        retry: {after: [exit-code 75], delay: 4 s}
        """;

    private const string Count = """
        title: The number of bytes
        version: "1"
        command: [sh, -c, 'cat "$1"/* | wc -c > "$2/count"', sh, "{input}", "{output}"]
        output: {type: table, name: "{input}-COUNT"}
        """;

    private const string After = Count + "\naccepts: {types: [table]}\nwhen: {after: BEFORE}\n";

    private const string Pairs = """
        title: Two files at a time
        version: "1"
        each: {files: "*.mrc", parallel: 2}
        command: [sh, -c, 'case "$1" in */bad.mrc) exit 7;; esac; date +%s%N > "$2/begin"; sleep 1; date +%s%N > "$2/end"', sh, "{file}", "{output}"]
        requires: [end]
        """;

    private const string Noise = """
        title: The same volume but for noise, and a damaged one
        version: "1"
        command: [/usr/bin/python3, -c, 'import sys, os, h5py, numpy; f = h5py.File(sys.argv[1] + "/volume.h5", "w"); noise = numpy.random.default_rng().normal(size=(5, 7, 11)); f["/entry/data"] = numpy.arange(385.).reshape(5, 7, 11) * (1 + 1e-9 * noise); f["/entry/data"].attrs["unit"] = "mm"; f["/entry/names"] = ["alpha", "beta"]; f.create_dataset("/entry/packed", data=(numpy.ones((40, 40)) + 1e-9 * numpy.random.random()).astype("f4"), chunks=(8, 8), compression="gzip"); f["/noise"] = noise if sys.argv[2] == "true" else 0; open(sys.argv[1] + "/damaged.h5", "wb").write(b"\x89HDF\r\n\x1a\n" + os.urandom(500))', "{output}", "{noise}"]
        parameters: {noise: {kind: boolean, default: false}}
        rerun: {within: [{files: "*.h5", relative: 1e-6}]}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_fails_with_an_exit_code_of_its_policy_goes_on_with_another_attempt()
    {
        using TemporaryFolder folder = new();
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(folder));
        Account ada = await installation.NewUserAsync("ada", Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        CommandResult watched = await ada.RunShellAsync("hutch program run flaky scan --output made --watch && hutch clone made made && cat made/first made/made", Ct);

        Assert.EndsWith("1\n2\n", watched.AssertDone().Output, StringComparison.Ordinal);
        Assert.Matches(@"waits until [0-9:Z -]+: The command ended with exit code 75\.", watched.Output);
        JsonElement run = JsonElement.Parse((await ada.RunAsync(Ct, "runs", "list", "made", "--json")).AssertDone().Output);
        Assert.Equal(("done", 2), (run.GetProperty("state").GetString(), run.GetProperty("attempt").GetProperty("number").GetInt32()));
        Assert.Contains(
            "again after exit-code 75, with a delay of 4 seconds that doubles up to 3600",
            (await ada.RunAsync(Ct, "program", "show", "flaky")).AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_starts_when_the_one_before_it_has_published_its_results_and_once()
    {
        using TemporaryFolder folder = new();
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(folder));
        Account ada = await installation.NewUserAsync("ada", Ct);
        (await ada.RunShellAsync("for i in 1 2; do mkdir scan-$i && (cd scan-$i && echo $i > a && hutch init --name scan-$i && hutch push); done", Ct)).AssertDone();
        (await ada.RunShellAsync("hutch program enable second scan-1 && hutch program enable third --mine && hutch program list", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run first scan-1 && hutch program run first scan-2 --watch", Ct)).AssertDone();
        CommandResult results = await ada.RunShellAsync(
            """
            until hutch list --json | jq -r .name | grep -q third && [ $(hutch runs list --json | jq -r .state | grep -vc done) = 0 ]; do sleep 0.2; done
            sleep 3; hutch list --json | jq -r .name | sed s,.*/,, | sort
            """, Ct);

        // Of the second scan, no program that follows is switched on.
        Assert.Equal(
            ["scan-1", "scan-1-first", "scan-1-first-second", "scan-1-first-second-third", "scan-2", "scan-2-first"],
            results.AssertDone().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("after first (on: 1 dataset)", (await ada.RunAsync(Ct, "program", "list")).AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_for_each_file_executes_some_at_the_same_time_and_names_the_one_that_failed()
    {
        using TemporaryFolder folder = new();
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(folder));
        Account ada = await installation.NewUserAsync("ada", Ct);
        (await ada.RunShellAsync("mkdir movies && cd movies && for i in 1 2 3 4; do printf $i > $i.mrc; done && echo > bad.mrc && hutch init --name movies && hutch push && hutch close movies", Ct)).AssertDone();

        CommandResult watched = await ada.RunShellAsync("hutch program run pairs movies --output times --watch", Ct);

        Assert.Contains("1 of 5 parts have failed. 'bad.mrc': The command ended with exit code 7.", watched.Errors, StringComparison.Ordinal);
        (await ada.RunShellAsync("hutch clone times times", Ct)).AssertDone();
        (long Begin, long End)[] times = [.. Enumerable.Range(1, 4).Select(i => (Time($"{i}.mrc/begin"), Time($"{i}.mrc/end")))];
        Assert.Equal(2, times.Max(one => times.Count(other => other.Begin <= one.Begin && one.Begin < other.End)));
        Assert.Contains(
            "a command for each file *.mrc, 2 files at the same time", (await ada.RunAsync(Ct, "program", "show", "pairs")).AssertDone().Output,
            StringComparison.Ordinal);

        long Time(string file) => long.Parse(File.ReadAllText(Path.Combine(ada.WorkingFolder, "times", file)), CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Numbers_in_HDF5_files_of_a_rerun_may_differ_within_the_tolerance_of_the_program_and_a_damaged_file_differs()
    {
        using TemporaryFolder folder = new();
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(folder));
        Account ada = await installation.NewUserAsync("ada", Ct);
        (await ada.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run noise scan --output calm --watch && hutch program run noise scan --parameter noise=true --output noisy --watch", Ct)).AssertDone();
        CommandResult calm = await ada.RunShellAsync("hutch rerun $(hutch runs list calm --json | jq -r .id)", Ct);
        CommandResult noisy = await ada.RunShellAsync("hutch rerun $(hutch runs list noisy --json | jq -r .id)", Ct);

        Assert.Matches(@"volume\.h5: within the tolerance, the largest relative difference of numbers is [0-9.]+e-[0-9]+", calm.Output);
        Assert.Matches(@"damaged\.h5: differs, .*damaged\.h5", calm.Output);
        Assert.Matches(@"volume\.h5: differs, '/noise' at \[0, 0, 0\]: \S+ became", noisy.Output);
    }

    private static string Configure(TemporaryFolder folder)
    {
        string programs = Directory.CreateDirectory(folder["programs"]).FullName;
        File.WriteAllText(Path.Combine(programs, "flaky.yaml"), Flaky);
        File.WriteAllText(Path.Combine(programs, "first.yaml"), Count.Replace("COUNT", "first"));
        File.WriteAllText(Path.Combine(programs, "second.yaml"), After.Replace("COUNT", "second").Replace("BEFORE", "first"));
        File.WriteAllText(Path.Combine(programs, "third.yaml"), After.Replace("COUNT", "third").Replace("BEFORE", "second"));
        File.WriteAllText(Path.Combine(programs, "pairs.yaml"), Pairs);
        File.WriteAllText(Path.Combine(programs, "noise.yaml"), Noise);
        File.WriteAllText(folder["hutch.yaml"], $"programs: {{folder: '{programs}', cores: 4}}\n");
        return folder["hutch.yaml"];
    }
}

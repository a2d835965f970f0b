using System.Diagnostics;
using System.Text.RegularExpressions;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Peers.Slurm;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs on real batch systems: Slurm, and task-spooler by four commands of the operator.</summary>
public sealed partial class EngineTests
{
    private const string Waits = """
        title: Waits until it may end
        version: "1"
        engine: ENGINE
        command: [sh, -c, 'echo once >> "$1/times"; until [ -e GATE/open ]; do sleep 0.05; done; echo made > "$1/made"', sh, "{output}"]
        requires: [made]
        """;

    private static string? Kubeconfig => Environment.GetEnvironmentVariable("HUTCH_TEST_KUBECONFIG");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_of_Slurm_outlives_the_server_and_delivers_once_and_a_stopped_run_ends_its_job()
    {
        await using SlurmCluster cluster = await SlurmCluster.StartAsync(Ct);
        using TemporaryFolder folder = new();
        await OutliveAsync(
            folder, "slurm", $"  slurm: {{folder: '{folder["shared"]}'}}\n", new() { ["SLURM_CONF"] = cluster.Configuration },
            async () => (await cluster.RunAsync("squeue", ["-h", "-o", "%i"], Ct)).Length == 0);
    }

    // A control plane of Kubernetes is in no Debian package: build/kubernetes-check.sh builds and starts one.
    public static TheoryData<string> Engines => Kubeconfig is null ? ["spooler"] : ["kubernetes"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_job_of_an_engine_by_four_commands_outlives_the_server_and_delivers_once_and_a_stopped_run_ends_its_job(string engine)
    {
        using TemporaryFolder folder = new();
        string socket = folder["ts"];
        string script = Path.Combine(HutchExecutable.RepositoryRoot, "docs/operations/kubernetes-engine.sh");
        try
        {
            // As in docs/operations/programs.md and batch-systems.md.
            await OutliveAsync(
                folder, engine, engine == "spooler"
                    ? $$"""
                      engines:
                        - name: spooler
                          folder: '{{folder["shared"]}}'
                          submit: [tsp, -L, "{name}", "{script}"]
                          state: [tsp]
                          cancel: [sh, -c, 'tsp -r "$1" || tsp -k "$1"', sh, "{job}"]
                          log: [tsp, -c, "{job}"]
                          line: '^(?<job>\d+) +(?<state>\w+) +\S+ +((?<code>-?\d+) +[0-9./]+ +)?\[(?<name>[^\]]+)\]'
                          waiting: [queued]
                          running: [running, allocating]
                          ended: [finished, skipped]
                          environment: ["TS_SOCKET={{socket}}", "TMPDIR={{folder.Path}}"]

                    """
                    : $$"""
                      engines:
                        - name: kubernetes
                          folder: '{{folder["shared"]}}'
                          submit: ['{{script}}', submit, "{name}", "{cores}", "{megabytes}", "{seconds}", "{script}"]
                          state: ['{{script}}', state]
                          cancel: ['{{script}}', cancel, "{name}"]
                          log: ['{{script}}', log, "{name}"]
                          waiting: [pending]
                          running: [active]
                          ended: [succeeded, failed]
                          environment: ["KUBECONFIG={{Kubeconfig}}"]

                    """, [],
                async () => !BusyPattern().IsMatch(engine == "spooler" ? await SpoolAsync(socket) : await KubernetesAsync(script, "state")));
        }
        finally
        {
            await SpoolAsync(socket, "-K");
        }
    }

    private static async Task OutliveAsync(
        TemporaryFolder folder, string engine, string configuration, Dictionary<string, string> environment, Func<Task<bool>> isIdle)
    {
        Directory.CreateDirectory(folder["gate"]);
        folder.Write("programs/waits.yaml", Waits.Replace("ENGINE", engine).Replace("GATE", folder["gate"]));
        folder.Write("hutch.yaml", $"programs:\n  folder: '{folder["programs"]}'\n  readOnlyFolders: ['{folder["gate"]}']\n{configuration}");
        int port = LoopbackPort.FindFree();
        await using (ServerProcess server = await StartServerAsync(folder, port, environment))
        {
            Account admin = new(server, "admin", await server.ReadAdminTokenAsync(Ct), folder["admin"]);
            (await admin.RunShellAsync("mkdir scan && cd scan && echo alpha > a && hutch init --name scan && hutch push", Ct)).AssertDone();
            (await admin.RunAsync(Ct, "program", "run", "waits", "scan", "--output", "result")).AssertDone();
            await UntilClaimedAsync(admin, "result");
            await server.KillAsync();
        }

        await File.WriteAllTextAsync(folder["gate", "open"], "", Ct);
        await using ServerProcess again = await StartServerAsync(folder, port, environment);
        Account account = new(again, "admin", await again.ReadAdminTokenAsync(Ct), folder["again"]);
        RunInfo done = await UntilEndedAsync(account, "result");
        Assert.Equal("done", done.State);
        Assert.Equal((1, engine), (done.Attempt!.Number, done.Attempt.Engine));
        Assert.Equal("once\n", (await account.RunShellAsync("hutch clone result result >&2 && cat result/times", Ct)).AssertDone().Output);

        File.Delete(folder["gate", "open"]);
        (await account.RunAsync(Ct, "program", "run", "waits", "scan", "--again", "--output", "stopped")).AssertDone();
        await UntilClaimedAsync(account, "stopped");
        (await account.RunShellAsync("hutch runs stop $(hutch runs list stopped --json | jq -r .id)", Ct)).AssertDone();
        while (!await isIdle())
        {
            await Task.Delay(100, Ct);
        }

        Assert.Equal("cancelled", (await UntilEndedAsync(account, "stopped")).State);
        Assert.Empty(Directory.EnumerateFiles(folder["shared", "tokens"]));
    }

    /// <summary>Waits until a node has claimed the attempt.</summary>
    private static Task<RunInfo> UntilClaimedAsync(Account account, string results) => UntilRunAsync(account, results, static run => run.Attempt?.Node is not null);

    private static Task<RunInfo> UntilEndedAsync(Account account, string results) =>
        UntilRunAsync(account, results, static run => run.State is not ("queued" or "running"));

    private static async Task<RunInfo> UntilRunAsync(Account account, string results, Func<RunInfo, bool> holds) => (await account.UntilAsync(
        async client => await client.ListRunsAsync((await client.ResolveAsync(results, Ct)).Id, ct: Ct).FirstOrDefaultAsync(Ct),
        run => run is not null && holds(run), Ct))!;

    private static async Task<ServerProcess> StartServerAsync(TemporaryFolder folder, int port, Dictionary<string, string> environment)
    {
        ServerProcess server = ServerProcess.Start(folder["data"], port, environment, "--config", folder["hutch.yaml"]);
        await server.WaitReadyAsync(Ct);
        return server;
    }

    private static Task<string> SpoolAsync(string socket, params string[] arguments) =>
        OutputOfAsync("tsp", arguments, ("TS_SOCKET", socket));

    private static Task<string> KubernetesAsync(string script, string argument) =>
        OutputOfAsync(script, [argument], ("KUBECONFIG", Kubeconfig!));

    private static async Task<string> OutputOfAsync(string program, string[] arguments, (string Name, string Value) variable)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            Environment = { [variable.Name] = variable.Value },
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    [GeneratedRegex(@"\b(queued|running|active)\b")]
    private static partial Regex BusyPattern();
}

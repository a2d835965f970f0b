using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>
/// Many runs that wait for two engines, processes of the server and task-spooler, while server, task-spooler and nodes are killed at random
/// moments. Each run must end done with one result, its own.
/// </summary>
internal sealed class JobTorture(int jobs, int kills, int seed, TemporaryFolder folder, Action<string> say) : IAsyncDisposable
{
    // The output is the number of the run. A second execution must not show in it.
    private const string Number = """
        title: Number
        version: "1"
        engine: ENGINE
        command: [sh, -c, 'echo "$1" >> "$2/number"', sh, "{number}", "{output}"]
        parameters: {number: {kind: integer, range: [0, 1000000]}}
        requires: [number]
        attempts: 10
        """;

    private static readonly string[] Kinds = ["node", "server", "engine"];

    private readonly Random _random = new(seed);
    private readonly int _port = LoopbackPort.FindFree();
    private readonly Dictionary<string, int> _killed = Kinds.ToDictionary(static kind => kind, static _ => 0);
    private ServerProcess? _server;
    private HutchClient? _client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Client => _client!;

    private string Socket => folder["ts"];

    /// <summary>Kills of each kind.</summary>
    public IReadOnlyDictionary<string, int> Killed => _killed;

    /// <summary>Runs whose first attempt was lost.</summary>
    public int Repeated { get; private set; }

    /// <summary>Queues all runs, kills until enough was killed, and waits for the last run. Returns what is wrong.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        Configure();
        await StartAsync();
        await QueueAsync();
        for (int done = 0, turn = 0; done < jobs; done = await CountEndedAsync(), turn++)
        {
            string kind = Kinds[turn % Kinds.Length];
            if (_killed[kind] < (kills + Kinds.Length - 1) / Kinds.Length)
            {
                await KillAsync(kind);
            }

            say($"{done} of {jobs} done; killed: {string.Join(", ", _killed.Select(static one => $"{one.Key} {one.Value}"))}");
            await Task.Delay(TimeSpan.FromSeconds(0.2 + (2 * _random.NextDouble())), Ct);
        }

        return await CheckAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await RunProgramAsync("tsp", "-K");
    }

    private void Configure()
    {
        folder.Write("programs/near.yaml", Number.Replace("ENGINE", "local"));
        folder.Write("programs/spooled.yaml", Number.Replace("ENGINE", "spooler"));
        folder.Write("hutch.yaml", $$"""
            programs:
              folder: '{{folder["programs"]}}'
              silentSeconds: 10
              cores: 2
              maxRunningPerAccount: 1000
              engines:
                - name: spooler
                  folder: '{{folder["shared"]}}'
                  maxJobs: 20
                  submit: [tsp, -L, "{name}", "{script}"]
                  state: [tsp]
                  cancel: [sh, -c, 'tsp -r "$1" || tsp -k "$1"', sh, "{job}"]
                  line: '^(?<job>\d+) +(?<state>\w+) +\S+ +((?<code>-?\d+) +[0-9./]+ +)?\[(?<name>[^\]]+)\]'
                  waiting: [queued]
                  running: [running, allocating]
                  ended: [finished, skipped]
                  environment: ["TS_SOCKET={{Socket}}", "TMPDIR={{folder.Path}}", "TS_SLOTS=2"]

            """);
    }

    private async Task StartAsync()
    {
        _server = ServerProcess.Start(folder["data"], _port, "--config", folder["hutch.yaml"]);
        await _server.WaitReadyAsync(Ct);
        _client ??= new HutchClient(_server.Address, await _server.ReadAdminTokenAsync(Ct), new HutchClientOptions());
    }

    private async Task QueueAsync()
    {
        DatasetInfo scan = await Client.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct);
        await Client.PutEntryAsync(scan.Id, "a", "alpha"u8.ToArray(), ct: Ct);
        while (await Client.ListProgramsAsync(ct: Ct).CountAsync(Ct) < 2)
        {
            await Task.Delay(50, Ct); // The server reads its programs when it is ready.
        }

        int queued = 0;
        await Parallel.ForAsync(0, jobs, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (i, ct) =>
        {
            var start = new StartProgram
            {
                Input = scan.Id,
                Output = $"result-{i}",
                Parameters = new Dictionary<string, JsonElement> { ["number"] = JsonSerializer.SerializeToElement(i) },
            };
            await Client.StartProgramAsync(i % 2 == 0 ? "near" : "spooled", start, ct);
            if (Interlocked.Increment(ref queued) % 500 == 0)
            {
                say($"{queued} of {jobs} queued");
            }
        });
    }

    // An engine without jobs has no process, and a moment may have no node: the next kind gets its turn.
    private async Task KillAsync(string kind)
    {
        bool isKilled = kind switch
        {
            "server" => await KillServerAsync(),
            "engine" => Kill(static words => words[0].EndsWith("tsp", StringComparison.Ordinal)),
            _ => Kill(static words => words is [_, "attempt", "run", ..]),
        };
        _killed[kind] += isKilled ? 1 : 0;
    }

    private async Task<bool> KillServerAsync()
    {
        await _server!.KillAsync();
        await StartAsync();
        return true;
    }

    // Of the processes that belong to this torture alone, by the folder in their arguments or their environment.
    private bool Kill(Func<string[], bool> isWanted)
    {
        int[] found =
        [
            .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(static name => int.TryParse(name, out _))
                .Where(name => isWanted(Read(name!, "cmdline").Split('\0'))
                    && (Read(name!, "cmdline") + Read(name!, "environ")).Contains(folder.Path, StringComparison.Ordinal))
                .Select(static name => int.Parse(name!, CultureInfo.InvariantCulture)),
        ];
        if (found.Length == 0)
        {
            return false;
        }

        try
        {
            using var victim = Process.GetProcessById(found[_random.Next(found.Length)]);
            victim.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false; // It ended in between.
        }
    }

    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private async Task<int> CountEndedAsync() => await Client.ListRunsAsync(null, "admin", Ct).CountAsync(IsOver, Ct);

    private async Task<List<string>> CheckAsync()
    {
        RunInfo[] runs = await Client.ListRunsAsync(null, "admin", Ct).ToArrayAsync(Ct);
        Repeated = runs.Count(static run => run.Attempt!.Number > 1);
        List<string> wrong = [.. runs.Where(static run => run.State != "done").Select(static run => $"{run.Id} {run.State}: {run.Message}")];
        string[] results = [.. (await Client.ListDatasetsAsync("admin", ct: Ct).ToArrayAsync(Ct)).Select(static one => one.Name).Order(StringComparer.Ordinal)];
        string[] expected = [.. Enumerable.Range(0, jobs).Select(static i => $"admin/result-{i}").Append("admin/scan").Order(StringComparer.Ordinal)];
        wrong.AddRange(results.Except(expected).Select(static name => $"{name} is too much"));
        wrong.AddRange(expected.Except(results).Select(static name => $"{name} is missing"));
        wrong.AddRange(runs.Length == jobs ? [] : [$"there are {runs.Length} runs"]);
        for (int i = 0; i < jobs && wrong.Count == 0; i++)
        {
            DatasetInfo result = await Client.ResolveAsync($"result-{i}", Ct);
            using HttpResponseMessage answer = await Client.OpenEntryAsync(result.Id, null, "number", 0, Ct);
            string number = await answer.Content.ReadAsStringAsync(Ct);
            wrong.AddRange((result.Snapshots, number) == (1, $"{i}\n") ? [] : [$"{result.Name} has {result.Snapshots} versions and the number {number}"]);
        }

        return wrong;
    }

    private static bool IsOver(RunInfo run) => run.State is not ("queued" or "running");

    private async Task RunProgramAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { Environment = { ["TS_SOCKET"] = Socket } })!;
        await process.WaitForExitAsync(CancellationToken.None);
    }
}

using System.Collections.Concurrent;
using Hutch.Disk.Folders;

namespace Hutch.Programs.Engines;

/// <summary>
/// Hands attempts to a Slurm cluster: by <c>sbatch</c>, <c>squeue</c> and <c>scancel</c>, with text in a fixed form, which is the stable
/// interface. A job is found by its name, so that a restarted server finds its jobs again.
/// </summary>
/// <remarks>
/// The token of an attempt is in a file that only the server's account can read, and the node deletes it. A job that Slurm has forgotten is
/// unknown, not ended.
/// </remarks>
public sealed class SlurmEngine : IProgramEngine
{
    private const string NamePrefix = "hutch-";
    private const long Megabyte = 1 << 20;
    private const int OwnerOnly = 0x180; // rw for the owner alone

    private static readonly TimeSpan CheckAgain = TimeSpan.FromSeconds(30);

    // Of `man squeue`, "JOB STATE CODES". Any other word is unknown.
    private static readonly Dictionary<string, EnginePhase> Phases = new(StringComparer.Ordinal)
    {
        ["PENDING"] = EnginePhase.Waiting,
        ["CONFIGURING"] = EnginePhase.Waiting,
        ["REQUEUED"] = EnginePhase.Waiting,
        ["REQUEUE_HOLD"] = EnginePhase.Waiting,
        ["REQUEUE_FED"] = EnginePhase.Waiting,
        ["SPECIAL_EXIT"] = EnginePhase.Waiting,
        ["RESV_DEL_HOLD"] = EnginePhase.Waiting,
        ["RUNNING"] = EnginePhase.Running,
        ["COMPLETING"] = EnginePhase.Running,
        ["STAGE_OUT"] = EnginePhase.Running,
        ["SUSPENDED"] = EnginePhase.Running,
        ["STOPPED"] = EnginePhase.Running,
        ["SIGNALING"] = EnginePhase.Running,
        ["RESIZING"] = EnginePhase.Running,
        ["COMPLETED"] = EnginePhase.Ended,
        ["FAILED"] = EnginePhase.Ended,
        ["CANCELLED"] = EnginePhase.Ended,
        ["TIMEOUT"] = EnginePhase.Ended,
        ["DEADLINE"] = EnginePhase.Ended,
        ["NODE_FAIL"] = EnginePhase.Ended,
        ["OUT_OF_MEMORY"] = EnginePhase.Ended,
        ["BOOT_FAIL"] = EnginePhase.Ended,
        ["PREEMPTED"] = EnginePhase.Ended,
        ["REVOKED"] = EnginePhase.Ended,
    };

    private readonly NodeCommand _node;
    private readonly ProgramOptions _options;
    private readonly SlurmOptions _slurm;
    private readonly SlurmCommands _commands;
    private readonly TimeProvider _time;
    private readonly Func<NodeServer?> _server;
    private readonly ConcurrentDictionary<AttemptKey, bool> _submitted = new();
    private long? _checked;
    private string? _problem;

    public SlurmEngine(NodeCommand node, ProgramOptions options, Func<NodeServer?> server, SlurmCommands commands, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_node, _options, _slurm, _server, _commands, _time) = (node, options, options.Slurm, server, commands, time);
    }

    public string Name => Documents.ProgramReader.SlurmEngine;

    private string Folder => _slurm.Folder!;

    public async ValueTask<string?> FindProblemAsync(CancellationToken ct)
    {
        if (_server() is null)
        {
            return "The server does not listen yet.";
        }

        if (_checked is { } when && _time.GetElapsedTime(when) < CheckAgain)
        {
            return _problem;
        }

        SlurmAnswer answer = await _commands.RunAsync("squeue", ["--version"], null, ct);
        answer = answer.ExitCode == 0 ? await _commands.RunAsync("sinfo", ["-h", "-o", "%T"], null, ct) : answer;
        _problem = answer.ExitCode == 0 ? null : answer.Words;
        _checked = _time.GetTimestamp();
        return _problem;
    }

    public bool Takes(TaskLimits limits) => _submitted.Count < _slurm.MaxJobs;

    public async ValueTask<Result<Done>> SubmitAsync(AttemptOrder order, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!_submitted.TryAdd(order.Attempt, true))
        {
            return Done.Value;
        }

        string token = Path.Combine(Folder, "tokens", order.Attempt.ToString());
        SmallFile.MakePrivateFolder(Path.GetDirectoryName(token)!);
        SmallFile.Replace(token, Encoding.UTF8.GetBytes(order.Token + "\n"), OwnerOnly);
        string script = "#!/bin/sh\nexec " + CommandText.Join(
            [
                _slurm.Program ?? _node.FileName, .. _slurm.Program is null ? _node.Arguments : ["attempt"],
                .. NodeArguments(order, token),
            ]) + "\n";
        SlurmAnswer answer = await _commands.RunAsync("sbatch", [.. JobArguments(order)], script, ct);
        if (answer.ExitCode == 0 || answer.IsUnknown)
        {
            // An unanswered submission may have reached Slurm: its job shows in the list, or the attempt is given up later.
            return Done.Value;
        }

        SmallFile.Delete(token);
        _submitted.TryRemove(order.Attempt, out _);
        return ErrorCode.Unavailable.With(answer.Words);
    }

    public async ValueTask<IReadOnlyDictionary<AttemptKey, EngineState>> StatesAsync(
        IReadOnlyCollection<AttemptKey> attempts, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        var states = new Dictionary<AttemptKey, EngineState>();
        foreach ((AttemptKey attempt, string _, string state, string reason) in await ListAsync(ct))
        {
            // Of two jobs of an attempt, one may have ended at once because the other had claimed it.
            bool isKnown = Phases.TryGetValue(state, out EnginePhase phase);
            if (isKnown && (phase != EnginePhase.Ended || !states.ContainsKey(attempt)))
            {
                states[attempt] = new EngineState(phase, phase == EnginePhase.Ended ? $"Slurm says {state} ({reason})." : null);
            }
        }

        foreach (AttemptKey known in attempts)
        {
            // Of an earlier life of the server, for the limit of jobs.
            _submitted.TryAdd(known, true);
        }

        foreach (AttemptKey old in _submitted.Keys.Where(old => !attempts.Contains(old)).ToArray())
        {
            Forget(old);
        }

        return states;
    }

    public async ValueTask CancelAsync(AttemptKey attempt, CancellationToken ct)
    {
        foreach ((AttemptKey _, string job, string _, string _) in (await ListAsync(ct)).Where(one => one.Attempt == attempt))
        {
            await _commands.RunAsync("scancel", [job], null, ct);
        }

        Forget(attempt);
    }

    /// <summary>Jobs of a cluster outlive the server, which finds them again.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Forget(AttemptKey attempt)
    {
        _submitted.TryRemove(attempt, out _);
        SmallFile.Delete(Path.Combine(Folder, "tokens", attempt.ToString()));
    }

    private async Task<IReadOnlyList<(AttemptKey Attempt, string Job, string State, string Reason)>> ListAsync(CancellationToken ct)
    {
        SlurmAnswer answer = await _commands.RunAsync("squeue", ["-h", "-t", "all", "--me", "-o", "%i|%T|%j|%r"], null, ct);
        var jobs = new List<(AttemptKey, string, string, string)>();
        foreach (string line in answer.ExitCode == 0 ? answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [])
        {
            if (line.Split('|', 4) is [var job, var state, var name, var reason]
                && name.StartsWith(NamePrefix, StringComparison.Ordinal)
                && AttemptKey.TryParse(name[NamePrefix.Length..], out AttemptKey attempt))
            {
                jobs.Add((attempt, job, state, reason.Trim()));
            }
        }

        return jobs;
    }

    private IEnumerable<string> JobArguments(AttemptOrder order)
    {
        long minutes = ((order.Limits.Seconds + 59) / 60) + _slurm.ExtraMinutes;
        List<string> arguments =
        [
            "--parsable", "--no-requeue", "--export=NONE", "--job-name=" + NamePrefix + order.Attempt, "--comment=" + order.Program,
            "--output=/dev/null", "--chdir=/",
            string.Create(CultureInfo.InvariantCulture, $"--cpus-per-task={order.Limits.Cores}"),
            string.Create(CultureInfo.InvariantCulture, $"--mem={Math.Max(1, order.Limits.MemoryBytes / Megabyte)}M"),
            string.Create(CultureInfo.InvariantCulture, $"--time={minutes}"),
        ];
        return arguments.Concat(_slurm.Arguments);
    }

    private IEnumerable<string> NodeArguments(AttemptOrder order, string token)
    {
        NodeServer own = _server() ?? throw new InvalidOperationException("The server does not listen yet.");
        NodeServer server = _slurm.Server is { } address ? new NodeServer(address, null) : own;
        string work = Path.Combine(_slurm.Scratch ?? Path.Combine(Folder, "scratch"), order.Attempt.ToString());
        return [.. NodeCommand.RunArguments(order.Attempt, server, work), "--token-file", token, .. _options.SandboxArguments];
    }
}

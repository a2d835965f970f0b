using System.Diagnostics;
using Hutch.Analysis.Foreign;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Steps;
using Hutch.Cli.Workers;
using Hutch.Client.Configuration;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Worker;

namespace Hutch.Cli.Verbs.Runs;

/// <summary><c>hutch worker</c>: analyses frames of runs of a server, from this or another machine, for as long as it runs.</summary>
internal sealed class WorkerVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "worker",
        "Analyse frames for a server, from any machine, until it is stopped. It needs a token with the scope work "
        + "(`hutch token create --scope work`). Frames that it has when it is stopped or killed go to other workers.",
        "hutch worker",
        "hutch worker --processes 4 --threads 8",
        "hutch worker --namespace trial",
        "hutch worker --step -- python3 hot.py",
        "hutch worker --python-helper > hutch_step.py")
{
    /// <summary>Threads of one process, at most.</summary>
    internal const int MaxThreads = 1024;

    private const int MaxProcesses = 256;

    // A lease with which nothing happens for ten minutes is not extended.
    private const int MaxFrameSeconds = 500;

    private const int MaxConnections = 256;

    private readonly Option<int?> _processes = verb.Option<int?>(
        "--processes N", "The number of processes: what ends one of them leaves the others (default: 1).");
    private readonly Option<int?> _threads = verb.Option<int?>(
        "--threads T", "The threads of each process (default: the processors, divided by the processes).");
    private readonly Option<string?> _namespace = verb.Option<string?>(
        "--namespace NAME", "The namespace whose runs it takes; it must be that of the token (default: that of the token).");
    private readonly Option<bool> _step = verb.Option<bool>(
        "--step",
        "Offer the program after `--` as an analysis step: it gets each frame in shared memory and answers with a row. "
        + "The worker then works for this step only.");
    private readonly Option<int?> _frameSeconds = verb.Option<int?>(
        "--frame-seconds S", "With --step, the longest time for a frame, in seconds (default: 60).");
    private readonly Option<string[]> _pass = verb.Option<string[]>(
        "--pass-env NAME", "With --step, a variable of the environment that the program gets, too. Repeatable.");
    private readonly Option<bool> _helper = verb.Option<bool>(
        "--python-helper", "Print the Python module of steps, hutch_step.py, and end.");

    private readonly Option<int?> _oneOf = verb.Add(new Option<int?>("--one-of")
    {
        Description = "One of so many processes: with its part of the memory, and until standard input ends.",
        Hidden = true,
    });

    private readonly Argument<string[]> _command = verb.Argument<string[]>(
        "command", "With --step, the program and its arguments, after `--`.", ArgumentArity.ZeroOrMore);

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_helper))
        {
            context.Host.Out.Write(PythonHelper.Read());
            return ExitCode.Ok;
        }

        StepCommand? command = ReadStep(context);
        int processes = InRange(context.Value(_processes) ?? 1, "--processes", MaxProcesses);
        int threads = InRange(context.Value(_threads) ?? Math.Max(1, Environment.ProcessorCount / processes), "--threads", MaxThreads);
        string? ns = context.Value(_namespace) is { } name ? WorkerNamespace.Parse(name).Value : null;
        Connection connection = context.ServerConnection;
        if (connection.Token is null && !connection.UsesZoneLogin)
        {
            throw ErrorCode.Unauthenticated.With(
                "A worker needs a token with the scope work: `hutch token create --scope work` creates one. "
                + "Give it as $HUTCH_TOKEN.").ToException();
        }

        // Not disposed: the end of the input may come last.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (context.Value(_oneOf) is not null)
        {
            StopAtEndOfInput(context.Host.In, stop);
        }

        if (processes > 1)
        {
            context.WriteNote($"{processes} processes with {Human.Count(threads, "thread")} each work for {connection.Remote}.");
            var children = new WorkerProcesses(
                () => StartOf(connection, threads, processes, ns, command), context.Host.Time, context.Progress.Report);
            return await children.RunAsync(processes, stop.Token);
        }

        long memory = ImageMemory.UsualBytes / (context.Value(_oneOf) ?? 1);
        IAnalysisStep? step = command is null ? null : ForeignSteps.Open(command, StepCode.Hash, context.Host.Time).Value;
        var options = new AnalysisWorkerOptions
        {
            Threads = threads * (step is null ? 1 : ForeignSteps.FramesPerProgram),
            MaxImageMegabytes = (int)Math.Max(1, memory >> 20),
        };
        return await WorkAsync(context, connection, options, step, ns, stop.Token);
    }

    /// <summary>Reads the program of a foreign step; null for a worker of the server's steps.</summary>
    private StepCommand? ReadStep(CliContext context)
    {
        string[] words = context.Value(_command) ?? [];
        string? wrong = (context.Value(_step), words.Length > 0) switch
        {
            (true, false) => "Name the program of the step after `--`, such as `hutch worker --step -- python3 hot.py`.",
            (false, true) => "A program after `--` is that of a step: add --step.",
            (false, false) when (context.Value(_frameSeconds) is not null) || context.Value(_pass) is { Length: > 0 } =>
                "--frame-seconds and --pass-env belong to --step.",
            _ => null,
        };
        if (wrong is not null)
        {
            throw ErrorCode.BadRequest.With(wrong).ToException();
        }

        int seconds = InRange(context.Value(_frameSeconds) ?? 60, "--frame-seconds", MaxFrameSeconds);
        return words is [var program, .. var arguments]
            ? new StepCommand(program, arguments, context.Value(_pass) ?? []) { FrameLimit = TimeSpan.FromSeconds(seconds) }
            : null;
    }

    private static async Task<int> WorkAsync(
        CliContext context, Connection connection, AnalysisWorkerOptions options, IAnalysisStep? step, string? ns,
        CancellationToken cancellationToken)
    {
        TimeProvider time = context.Host.Time;
        using var server = new HutchClient(
            connection.Remote,
            connection.Token,
            new HutchClientOptions
            {
                Trust = connection.Trust,
                Login = context.LoginOf(connection),
                Handler = context.Host.Handler,
                MaxConnections = MaxConnections,
            });
        string name = string.Create(
            CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}");
        var work = new RemoteFrameLeases(server, name, ns, time, context.Progress.Report)
        {
            Steps = step is null ? [] : [step.Declaration],
        };
        var worker = new AnalysisWorker(
            work, step is null ? AnalysisSteps.All : [step], new ImageMemory(options.UsedImageBytes), options, time,
            new TerminalLogger<AnalysisWorker>(context.Progress.Report, context.Verbose));
        string threads = Human.Count(options.Threads, "thread");
        if (step is not null)
        {
            context.WriteNote($"The step '{step.Declaration.Name}' has the code {step.Declaration.Version[..19]}…: "
                + $"`hutch analyse DATASET --step {step.Declaration.Name}` starts it.");
        }

        context.WriteNote($"{name} asks {server.Remote} for frames ({threads}); Ctrl-C stops it.");
        using var end = new CancellationTokenSource();
        Task keeping = work.ExtendLeasesAsync(end.Token);
        try
        {
            await worker.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The normal end: the unfinished frames are given back.
        }
        finally
        {
            await end.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await work.LeaveAsync(CancellationToken.None);
        }

        context.Print(
            new WorkerLine(name, work.Frames), FullJson.Default.WorkerLine, $"{Human.Count(work.Frames, "frame")} analysed.");
        return ExitCode.Ok;
    }

    private static ProcessStartInfo StartOf(Connection connection, int threads, int processes, string? ns, StepCommand? command)
    {
        ProcessStartInfo start = OwnProgram.Start(
            connection,
            [
                "worker", "--one-of", processes.ToString(CultureInfo.InvariantCulture),
                "--threads", threads.ToString(CultureInfo.InvariantCulture),
                .. ns is null ? Array.Empty<string>() : ["--namespace", ns],
                .. command is null ? Array.Empty<string>() :
                [
                    "--step", "--frame-seconds", command.FrameLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                    .. command.Passed.SelectMany(static variable => new[] { "--pass-env", variable }),
                    "--", command.Program, .. command.Arguments,
                ],
            ]);
        start.RedirectStandardInput = true;
        return start;
    }

    /// <summary>A read of standard input has no end but its own: a thread waits for it, and ends with the process.</summary>
    private static void StopAtEndOfInput(TextReader input, CancellationTokenSource stop)
    {
        var reading = new Thread(() =>
        {
            while (input.ReadLine() is not null)
            {
                // The content is ignored; only the end matters.
            }

            stop.Cancel();
        });
        reading.IsBackground = true;
        reading.Start();
    }
}

/// <summary>The output of <c>hutch worker --json</c> at its end.</summary>
internal sealed record WorkerLine(string Worker, long Frames);

using System.CommandLine;
using Hutch.Cli.Hosting;
using Hutch.Cli.Output;
using Hutch.Formats.DectrisStream;

namespace Hutch.Cli.Verbs;

/// <summary><c>hutch tee</c>: stands between a detector and its writer and gives copies to <c>hutch capture</c>.</summary>
internal sealed class TeeVerb : Verb
{
    /// <summary>What the socket of the writer holds is lost with this process, so it holds little.</summary>
    private const int Backlog = 4;

    /// <summary>How long a message that was read may wait for a writer that is not there, after this process was told to stop.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _detector = new("detector")
    {
        Description = "The address of the detector, such as tcp://detector:31001.",
    };

    private readonly Argument<string> _writer = new("writer")
    {
        Description = "The address at which the existing writer reads from now on, such as tcp://0.0.0.0:31001.",
    };

    private readonly Argument<string> _copies = new("copies")
    {
        Description = "The address at which `hutch capture --copies` reads, such as tcp://127.0.0.1:31002.",
    };

    private readonly Option<int?> _buffer = new("--buffer")
    {
        Description = "The most copies that wait to be read; further ones are dropped (default: 64).",
        HelpName = "N",
    };

    internal TeeVerb(CliHost host)
        : base(
            host,
            "tee",
            "Forward a detector's messages to its existing writer, untouched, and give a copy of each to `hutch capture`. The writer "
            + "comes first and waits for nobody: a copy that is not read in time is dropped. A process of its own, so that Hutch can be "
            + "restarted without touching the stream.",
            "hutch tee tcp://detector:31001 tcp://0.0.0.0:31001 tcp://127.0.0.1:31002")
    {
        Add(_detector);
        Add(_writer);
        Add(_copies);
        Add(_buffer);
    }

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        int copiesKept = context.Value(_buffer) ?? 64;
        using StreamSocket copies = StreamSocket.OpenPush(context.Value(_copies)!, binds: true, copiesKept, TimeSpan.Zero).Value;
        using StreamSocket writer = StreamSocket.OpenPush(context.Value(_writer)!, binds: true, Backlog, TimeToStop).Value;
        using StreamSocket detector = StreamSocket.OpenPull(context.Value(_detector)!, binds: false, Backlog).Value;
        var forwarder = new StreamForwarder(detector, writer, copies);
        context.Note($"Forwarding {context.Value(_detector)} to the writer at {writer.Endpoint}; copies at {copies.Endpoint}.");

        // Only the reading stops: what was read goes to the writer still.
        await using CancellationTokenRegistration stop = cancellationToken.Register(detector.Stop);
        Task running = Task.Factory.StartNew(
            forwarder.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await using ITimer limit = context.Host.Time.CreateTimer(_ => writer.Stop(), null, TimeToStop, Timeout.InfiniteTimeSpan);
        await running;
        context.Print(
            new TeeLine(forwarder.Forwarded, forwarder.Copied),
            CliJson.Default.TeeLine,
            $"{Human.Count(forwarder.Forwarded, "message", "messages")} forwarded, {Human.Count(forwarder.Copied)} copied.");
        return ExitCode.Ok;
    }
}

/// <summary>What <c>hutch tee --json</c> prints at its end.</summary>
/// <param name="Forwarded">Messages that the writer was given.</param>
/// <param name="Copied">Those of them of which a copy was read.</param>
internal sealed record TeeLine(long Forwarded, long Copied);

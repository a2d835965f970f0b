using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Detectors.DectrisStream;

namespace Hutch.Commands.Verbs.Frames;

/// <summary><c>hutch tee</c>: forwards messages of a detector to its writer and sends copies to <c>hutch capture</c>.</summary>
internal sealed class TeeVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "tee",
        "Forward a detector's messages unchanged to its existing writer, and a copy of each to `hutch capture`. The writer comes "
        + "first and never waits: the copy of an image that is not read in time is dropped and counted; the start and end of "
        + "its series wait. It is a separate process, so that a restart of Hutch does not touch the stream.",
        "hutch tee tcp://detector:31001 tcp://0.0.0.0:31001 tcp://127.0.0.1:31002")
{
    /// <summary>
    /// The capacity of a socket. Its content is lost with this process or with the reader at the other end, so it is small.
    /// </summary>
    private const int Backlog = 4;

    private const int MostImages = 1 << 20;

    /// <summary>The time that a message already read may wait for a missing writer after this process is asked to stop.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(10);

    /// <summary>The same for copies: the next forwarder, and with it the writer, waits for this one to end.</summary>
    private static readonly TimeSpan TimeForCopies = TimeSpan.FromSeconds(1);

    /// <summary>The interval of reports about dropped copies, while copies are dropped.</summary>
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _detector = verb.Argument<string>(
        "detector", "The address of the detector, such as tcp://detector:31001.");
    private readonly Argument<string> _writer = verb.Argument<string>(
        "writer", "The address at which the existing writer reads from now on, such as tcp://0.0.0.0:31001.");
    private readonly Argument<string> _copies = verb.Argument<string>(
        "copies", "The address at which `hutch capture --copies` reads, such as tcp://127.0.0.1:31002.");
    private readonly Option<int?> _buffer = verb.Option<int?>(
        "--buffer N", "The most images that wait for the reader of the copies; further ones are dropped (default: 64).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        int images = context.Value(_buffer) ?? 64;
        if (images is < 1 or > MostImages)
        {
            throw ErrorCode.BadRequest.With($"--buffer is 1 to {MostImages} images.").ToException();
        }

        using var copies = new StreamCopies(images);
        using StreamSocket reader = StreamSocket.OpenPush(context.Value(_copies)!, binds: true, Backlog, TimeForCopies).Value;
        using StreamSocket writer = StreamSocket.OpenPush(context.Value(_writer)!, binds: true, Backlog, TimeToStop).Value;
        using StreamSocket detector = StreamSocket.OpenPull(context.Value(_detector)!, binds: false, Backlog).Value;
        var forwarder = new StreamForwarder(detector, writer, reader, copies);
        context.WriteNote($"Forwarding {context.Value(_detector)} to the writer at {writer.Endpoint}; copies at {reader.Endpoint}.");
        await using (
            ITimer notes = context.Host.Time.CreateTimer(new DropReporter(context, copies).Report, null, NoteInterval, NoteInterval))
        {
            await ForwardAsync(forwarder, detector, writer, reader, context.Host.Time, cancellationToken);
        }

        context.Print(
            new TeeLine(forwarder.Forwarded, forwarder.Copied, copies.Dropped, copies.DroppedSeries),
            CliJson.Default.TeeLine,
            $"{Human.Count(forwarder.Forwarded, "message")} forwarded, {Human.Count(forwarder.Copied)} copied, "
            + $"{Human.Count(copies.Dropped)} dropped.");
        return ExitCode.Ok;
    }

    private static async Task ForwardAsync(
        StreamForwarder forwarder, StreamSocket detector, StreamSocket writer, StreamSocket reader, TimeProvider time,
        CancellationToken cancellationToken)
    {
        // Only the reading stops: messages already read still go to the writer.
        await using CancellationTokenRegistration stop = cancellationToken.Register(detector.Stop);
        Task forwarding = OnThread(forwarder.Forward);
        Task copying = OnThread(forwarder.Copy);
        await forwarding.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await using ITimer limit = time.CreateTimer(_ => writer.Stop(), null, TimeToStop, Timeout.InfiniteTimeSpan);
        await forwarding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await using ITimer copyLimit = time.CreateTimer(_ => reader.Stop(), null, TimeForCopies, Timeout.InfiniteTimeSpan);
        await Task.WhenAll(forwarding, copying);
    }

    private static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Says that copies were dropped, apart from the thread that must not wait.</summary>
    private sealed class DropReporter(CliContext context, StreamCopies copies)
    {
        private readonly Lock _gate = new();
        private long _reported;

        public void Report(object? state)
        {
            lock (_gate)
            {
                long dropped = copies.Dropped;
                if (dropped > _reported)
                {
                    _reported = dropped;
                    context.WriteNote(
                        $"{Human.Count(dropped, "copy", "copies")} dropped so far, with {Human.Count(copies.DroppedSeries)} whole series: "
                        + "they were not read in time.");
                }
            }
        }
    }
}

/// <summary>The output of <c>hutch tee --json</c> at its end.</summary>
/// <param name="Dropped">The number of these that were not copied, because the copies were not read in time.</param>
/// <param name="DroppedSeries">The number of series without any copy, for the same reason.</param>
internal sealed record TeeLine(long Forwarded, long Copied, long Dropped, long DroppedSeries);

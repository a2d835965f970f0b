using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Runs;

/// <summary>Shows the state and the new lines of the log of a program's run, until it ends.</summary>
internal sealed class ProgramWatch(CliContext context, string id)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] _shown = [];

    internal async Task<int> RunAsync(CancellationToken ct)
    {
        string state = "";
        using var tick = new PeriodicTimer(Interval, context.Host.Time);
        while (true)
        {
            RunInfo run = await context.Server.GetRunAsync(id, ct);
            string now = Describe(run);
            if (now != state)
            {
                state = now;
                context.Print(run, HutchJson.Default.RunInfo, now);
            }

            if (run.State is not ("queued" or "running" or "handed-over"))
            {
                return run.State == "done"
                    ? ExitCode.Ok
                    : throw ErrorCode.Unprocessable.With($"The run {run.State}: {run.Message}").ToException();
            }

            if (run.State == "running" && !context.Json)
            {
                await ShowLogAsync(ct);
            }

            await tick.WaitForNextTickAsync(ct);
        }
    }

    private static string Describe(RunInfo run) => run.State switch
    {
        "queued" => $"Run {run.Id} waits"
            + (run.Attempt?.NotBefore is { } time ? $" until {Human.Time(time)}" : run.Attempt?.Reason is null ? "" : " again")
            + (run.Attempt?.Reason is { } reason ? $": {reason}" : "."),
        "running" => $"Run {run.Id} is executed"
            + (run.Attempt is { } attempt
                ? $" by {attempt.Engine}{(attempt.Node is { } node ? " on " + node : "")}, attempt {attempt.Number}." : "."),
        _ => $"Run {run.Id} is {run.State}" + (run.Message is { } message ? $": {message}" : "."),
    };

    private async Task ShowLogAsync(CancellationToken ct)
    {
        byte[] log;
        try
        {
            log = await context.Server.GetRunLogAsync(id, ct);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Forbidden)
        {
            return; // not yet, or not for this caller
        }

        byte[] fresh = New(_shown, log);
        _shown = log;
        foreach (string line in Encoding.UTF8.GetString(fresh).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            context.Host.Out.WriteLine(Display.Name(line.TrimEnd('\r')));
        }
    }

    /// <summary>Returns the part of the newer last bytes that is not in the older ones.</summary>
    private static byte[] New(byte[] older, byte[] newer)
    {
        for (int overlap = Math.Min(older.Length, newer.Length); overlap > 0; overlap--)
        {
            if (older.AsSpan(older.Length - overlap).SequenceEqual(newer.AsSpan(0, overlap)))
            {
                return newer[overlap..];
            }
        }

        return newer;
    }
}

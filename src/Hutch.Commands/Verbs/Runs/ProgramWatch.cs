using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Runs;

/// <summary>Shows the state and the new lines of the log of a program's run, until it ends.</summary>
internal sealed class ProgramWatch(CliContext context, string id)
{
    private const int LastLines = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] _shown = [];

    internal async Task<int> RunAsync(CancellationToken ct)
    {
        string state = "";
        using var tick = new PeriodicTimer(Interval, context.Host.Time);
        while (true)
        {
            RunInfo run = await context.Server.GetRunAsync(id, ct);
            string now = Describe(run, await OpenInput.FindWaitAsync(context, run, ct));
            if (now != state)
            {
                state = now;
                context.Print(run, HutchJson.Default.RunInfo, now);
            }

            if (run.State is not ("queued" or "running" or "handed-over"))
            {
                await ShowEndAsync(run, ct);
                return run.State == "done"
                    ? ExitCode.Ok
                    : throw (ErrorCode.Unprocessable with { Advice = $"`hutch runs log {id}` prints its whole log." })
                        .With($"The run {run.State}: {run.Message}").ToException();
            }

            if (run.State == "running" && !context.Json)
            {
                await ShowLogAsync(ct);
            }

            await tick.WaitForNextTickAsync(ct);
        }
    }

    private static string Describe(RunInfo run, string? wait) => run.State switch
    {
        "queued" => $"Run {run.Id} waits"
            + (run.Attempt?.NotBefore is { } time ? $" until {Human.Time(time)}" : run.Attempt?.Reason is null ? "" : " again")
            + (run.Attempt?.Reason is { } reason ? $": {reason}" : "."),
        "running" => $"Run {run.Id} is executed"
            + (run.Attempt is { } attempt
                ? $" by {attempt.Engine}{(attempt.Node is { } node ? " on " + node : "")}, attempt {attempt.Number}." : ".")
            + (run.Parts is { Failed: > 0 and var failed } ? $" {Human.Count(failed, "part has", "parts have")} failed." : "")
            + (run.Parts is { Running: 0, Done: > 0 } && wait is not null ? $" All its files are done, and {wait}." : ""),
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
        Print(Encoding.UTF8.GetString(fresh).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Shows the last lines of a run that failed, if it was too quick for a line of it to be seen.</summary>
    private async Task ShowEndAsync(RunInfo run, CancellationToken ct)
    {
        if (run.State == "done" || context.Json || _shown.Length > 0 || run.Outputs is not [_])
        {
            return;
        }

        try
        {
            string log = Encoding.UTF8.GetString(await RunLogVerb.ReadResultAsync(context, run, ct));
            Print(log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LastLines));
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Forbidden)
        {
            // It left no log, or none for this caller.
        }
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (string line in lines)
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

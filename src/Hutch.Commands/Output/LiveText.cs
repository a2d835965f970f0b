namespace Hutch.Commands.Output;

/// <summary>Live work as lines of text: problems first, and the most important part of each line on the left.</summary>
internal static class LiveText
{
    private static readonly string[] Bad =
        ["failed", "silent", "gone", "stuck", "behind", "without-worker", "without-reader", "dead-letters", "down"];

    /// <summary>The lines, none wider than the width.</summary>
    internal static IReadOnlyList<string> Lines(LiveInfo live, int width)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine($"{Human.Time(live.Time)}  {Summary(live)}");
        foreach (WarningInfo problem in live.Problems)
        {
            text.WriteLine($"! {problem.Message} {problem.Advice}");
        }

        WriteTable(text, Services(live));
        WriteTable(text, Queues(live));
        WriteTable(text, BrokerQueues(live));
        WriteTable(text, Workers(live));
        WriteTable(text, Runs(live));
        WriteTable(text, Captures(live));
        return [.. text.ToString().TrimEnd('\n').Split('\n').SelectMany(line => Fit(TerminalWriter.Escape(line), width))];
    }

    private static string Summary(LiveInfo live) =>
        live.Problems.Count > 0 ? $"{Human.Count(live.Problems.Count, "problem")}:"
        : live.Everything ? "All is well."
        : "All is well with your runs.";

    // A sentence wraps to the next line; a row of a table is cut.
    private static IEnumerable<string> Fit(string line, int width)
    {
        if (line.Length <= width)
        {
            yield return line;
        }
        else if (!line.StartsWith("! ", StringComparison.Ordinal))
        {
            yield return width < 2 ? line[..Math.Max(width, 0)] : line[..(width - 1)].TrimEnd() + "…";
        }
        else
        {
            string rest = line;
            int least = Math.Max(width, 4);
            while (rest.Length > least)
            {
                int space = rest.LastIndexOf(' ', least);
                int end = space > 2 ? space : least;
                yield return rest[..end];
                rest = "  " + rest[end..].TrimStart();
            }

            yield return rest;
        }
    }

    private static void WriteTable(TextWriter text, TextTable table)
    {
        if (!table.IsEmpty)
        {
            text.WriteLine();
            table.Write(text);
        }
    }

    private static TextTable Services(LiveInfo live)
    {
        var table = new TextTable("STATE", "SERVICE", "RUNNING", "WAITING", "RATE");
        foreach (ServiceInfo service in live.Services)
        {
            table.Add(State(service.State), service.Name, "", "", "");
        }

        foreach (WorkClassInfo one in live.Classes)
        {
            table.Add("  ok", one.Class, Human.Count(one.Running), Human.Count(one.Waiting), Display.Bytes(one.BytesPerSecond) + "/s");
        }

        return table;
    }

    private static TextTable Queues(LiveInfo live)
    {
        var table = new TextTable("STATE", "QUEUE", "WAITING", "LAG", "FRAMES/S", "IN WORK", "GIVEN UP", "WORKERS", "RUNS");
        foreach (LiveQueue queue in live.Queues)
        {
            string state = queue is { Waiting: > 0, Workers: 0 } ? "without-worker" : queue.GivenUp > 0 ? "failed" : "ok";
            table.Add(
                State(state), queue.Name, Human.Count(queue.Waiting), Lag(queue.LagSeconds), Rate(queue.FramesPerSecond),
                Human.Count(queue.InWork), Human.Count(queue.GivenUp), Human.Count(queue.Workers), Human.Count(queue.Runs));
        }

        return table;
    }

    private static TextTable BrokerQueues(LiveInfo live)
    {
        var table = new TextTable("STATE", "BROKER QUEUE", "READY", "UNACKNOWLEDGED", "READERS");
        foreach (LiveBrokerQueue queue in live.BrokerQueues)
        {
            table.Add(
                State(queue.State), queue.Name, Human.Count(queue.Ready),
                queue.Unacknowledged is { } open ? Human.Count(open) : "–", Human.Count(queue.Readers));
        }

        return table;
    }

    private static TextTable Workers(LiveInfo live)
    {
        var table = new TextTable("STATE", "WORKER", "FRAMES/S", "IN WORK", "DONE", "SEEN", "NAMESPACE");
        foreach (LiveWorker worker in live.Workers)
        {
            string seen = Human.Duration(live.Time > worker.Seen ? live.Time - worker.Seen : TimeSpan.Zero);
            table.Add(
                State(worker.State), worker.Name, Rate(worker.FramesPerSecond), Human.Count(worker.InWork), Human.Count(worker.Frames),
                seen + " ago", worker.Namespace);
        }

        return table;
    }

    private static TextTable Runs(LiveInfo live)
    {
        var table = new TextTable(
            "STATE", "RUN OF", "DONE", "WAITING", "LAG", "FRAMES/S", "IN WORK", "GIVEN UP", "SKIPPED", "USER", "PROGRAM", "ID");
        foreach (LiveRunInfo run in live.Runs)
        {
            table.Add(
                State(run.State), run.DatasetName ?? "–", Done(run), Human.Count(run.Waiting), Lag(run.LagSeconds),
                Rate(run.FramesPerSecond), Human.Count(run.InWork), Human.Count(run.GivenUp), Human.Count(run.Skipped),
                run.User, run.Program, run.Id);
        }

        return table;
    }

    private static string Done(LiveRunInfo run) => run.Attempt is { } attempt
        ? $"attempt {Human.Count(attempt)}"
        : Human.Count(run.Done) + (run.Total is long all ? " of " + Human.Count(all) : "");

    private static TextTable Captures(LiveInfo live)
    {
        var table = new TextTable("LAST", "CAPTURE INTO", "ENTRIES/S", "RATE", "ENTRIES", "USER");
        foreach (LiveCapture capture in live.Captures)
        {
            table.Add(
                Human.Duration(live.Time > capture.Last ? live.Time - capture.Last : TimeSpan.Zero) + " ago",
                capture.DatasetName ?? capture.Dataset.ToString(), Rate(capture.EntriesPerSecond),
                Display.Bytes(capture.BytesPerSecond) + "/s", Human.Count(capture.Entries), capture.User);
        }

        return table;
    }

    private static string State(string state) => (Bad.Contains(state) ? "! " : "  ") + state;

    private static string Rate(double perSecond) => perSecond.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Lag(double seconds) => seconds < 0.05 ? "–" : seconds < 60
        ? seconds.ToString("0.0 's'", CultureInfo.InvariantCulture)
        : Human.Duration(TimeSpan.FromSeconds(seconds));
}

using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Objects.Http;

namespace Hutch.Commands.Verbs.Servers;

/// <summary><c>hutch top</c>: services, queues, workers, runs and captures, again and again.</summary>
internal sealed class TopVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "top",
        "Watch services, queues, workers, runs and captures until Ctrl-C. Slow, stuck and missing ones come first, marked with !. "
        + "Operators see everything, others their own runs and captures. On a terminal the page is redrawn; elsewhere it is "
        + "printed once, or again and again with --interval. With --json, prints it once.",
        "hutch top",
        "hutch top --interval 10s > top.log",
        "hutch top --json")
{
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(2);

    private readonly CliHost _host = verb.Host;

    private readonly Option<TimeSpan?> _interval = verb.Add(new Option<TimeSpan?>("--interval")
    {
        Description = "How often to look, such as 5s or 1m (default: 2s).",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    });

    private readonly Option<bool> _once = verb.Option<bool>("--once", "Look once, and return.");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        LiveInfo live = await context.Server.GetLiveAsync(cancellationToken);
        if (context.Json)
        {
            context.PrintJson(live, HutchJson.Default.LiveInfo);
            return ExitCode.Ok;
        }

        // Into a file or another program, a page now and then is wanted only on request.
        if (context.Value(_once) || (_host.Screen is null && context.Value(_interval) is null))
        {
            Print(context, live);
            return ExitCode.Ok;
        }

        using TerminalScreen? screen = _host.Screen is { } size ? new TerminalScreen(_host.Out, size, _host.HasColour) : null;
        try
        {
            await WatchAsync(context, screen, live, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // This is how it ends.
        }

        return ExitCode.Ok;
    }

    private async Task WatchAsync(CliContext context, TerminalScreen? screen, LiveInfo live, CancellationToken cancellationToken)
    {
        Show(context, screen, live, null);
        using var timer = new PeriodicTimer(context.Value(_interval) ?? UsualInterval, context.Host.Time);
        while (!context.IsReaderGone && await timer.WaitForNextTickAsync(cancellationToken))
        {
            string? trouble = null;
            try
            {
                live = await context.Server.GetLiveAsync(cancellationToken);
            }
            catch (ServerUnreachableException e)
            {
                // The server may be restarting: the last state stays on the screen, marked as such.
                trouble = $"! {e.Message} This is what was seen last.";
            }

            Show(context, screen, live, trouble);
        }
    }

    private static void Show(CliContext context, TerminalScreen? screen, LiveInfo live, string? trouble)
    {
        if (screen is not null)
        {
            string[] notices = trouble is null ? [] : [trouble];
            screen.Draw(width => [.. notices.Select(line => line[..Math.Min(line.Length, width)]), .. LiveText.Lines(live, width)]);
            return;
        }

        if (trouble is not null)
        {
            context.Host.Out.WriteLine(trouble);
            return;
        }

        Print(context, live);
        context.Host.Out.WriteLine();
        context.Host.Out.Flush();
    }

    private static void Print(CliContext context, LiveInfo live)
    {
        foreach (string line in LiveText.Lines(live, int.MaxValue))
        {
            context.Host.Out.WriteLine(line);
        }
    }
}

using Hutch.Programs.Documents;
using Microsoft.Extensions.Logging;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Finds what an operator must know about engines before a user meets it: an engine that programs name and that is not there, one that
/// cannot execute anything, and limits that a machine does not hold. The engines are asked in the server itself, with its own permissions.
/// </summary>
public sealed partial class EngineChecks(ProgramLibrary library, ProgramQueue queue, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    // The server begins to listen when its loops have started.
    private static readonly TimeSpan UntilItListens = TimeSpan.FromMilliseconds(250);

    private volatile IReadOnlyList<SiteWarning> _found = [];

    internal IEnumerable<SiteWarning> Warnings() => _found;

    /// <summary>Asks the engines at the start and every minute, until cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            bool isListening = queue.IsListening;
            if (isListening)
            {
                await CheckAsync(ct);
            }

            await Task.Delay(isListening ? Every : UntilItListens, time, ct);
        }
    }

    private async Task CheckAsync(CancellationToken ct)
    {
        var found = new List<SiteWarning>();
        foreach (IGrouping<string, ProgramDocument> programs in library.Programs.Where(static one => one.Site is null)
            .GroupBy(static one => one.Engine, StringComparer.Ordinal))
        {
            await AddAsync(found, programs.Key, [.. programs.Select(static one => one.Name)], ct);
        }

        foreach (SiteWarning warning in found.Except(_found))
        {
            LogFound(logger, warning.Message, warning.Advice);
        }

        _found = found;
    }

    private async Task AddAsync(List<SiteWarning> found, string name, string[] programs, CancellationToken ct)
    {
        string needed = $"{(programs.Length == 1 ? "The program" : "Programs")} "
            + Display.First(programs.Select(Display.Quote), programs.Length, most: 5);
        if (queue.Engines.FirstOrDefault(one => one.Name == name) is not { } engine)
        {
            found.Add(new SiteWarning(
                "program-engine-missing",
                $"{needed} cannot start: this server has no engine '{name}'.",
                name == ProgramReader.SlurmEngine ? "Configure 'programs.slurm', or name another engine in the document."
                    : "Configure it in 'programs.engines', or name another engine in the document."));
        }
        else if (await engine.FindProblemAsync(ct) is { } problem)
        {
            found.Add(new SiteWarning(
                "program-engine-failed",
                $"{needed} cannot start: the engine '{name}' does not work. {problem}",
                "See the guide for programs; the server asks the engine again every minute."));
        }
        else if (engine.MissingLimits is { Count: > 0 } missing)
        {
            found.Add(new SiteWarning(
                "program-limits",
                $"The engine '{name}' does not bound {string.Join(", and ", missing)}.",
                "It needs control groups: see the guide for programs."));
        }
    }

    [LoggerMessage(EventId = 5605, Level = LogLevel.Warning, Message = "{What} {Advice}")]
    private static partial void LogFound(ILogger logger, string what, string advice);
}

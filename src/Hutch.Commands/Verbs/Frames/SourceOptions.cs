using Hutch.Commands.Hosting;
using Hutch.Detectors.Ingest;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>The options of a verb that reads the files of a detector: where links may lead, and how long to wait for a writer.</summary>
internal sealed class SourceOptions
{
    private static readonly TimeSpan DefaultIdle = TimeSpan.FromMinutes(1);

    internal SourceOptions(string live) => Live = new Option<bool>("--live") { Description = live };

    internal Option<string[]> AllowLinks { get; } = new("--allow-links")
    {
        Description = "A folder, outside the master file's own, that its links may lead to; repeatable.",
        HelpName = "DIR",
    };

    internal Option<bool> Live { get; }

    internal Option<TimeSpan?> Idle { get; } = new("--idle")
    {
        Description = "With --live, the longest wait for the next frame (default: 1m).",
        HelpName = "TIME",
        CustomParser = Durations.Parse,
    };

    /// <summary>Returns the options for opening the files now.</summary>
    internal FrameSourceOptions From(CliContext context, bool isLive) => new()
    {
        Hdf5Reader = ReaderLauncher.Command(),
        Time = context.Host.Time,
        AllowedFolders = [.. (context.Value(AllowLinks) ?? []).Select(context.FullPath)],
        IdleTimeout = isLive ? IdleTimeout(context) : null,
    };

    /// <summary>The longest wait for what comes next.</summary>
    internal TimeSpan IdleTimeout(CliContext context) => context.Value(Idle) ?? DefaultIdle;
}

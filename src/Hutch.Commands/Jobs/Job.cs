namespace Hutch.Commands.Jobs;

internal sealed record Job
{
    public required IReadOnlyList<JobInput> Inputs { get; init; }

    public required string Output { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    public required string Folder { get; init; }

    public IReadOnlyCollection<string> Include { get; init; } = [];

    /// <summary>Variables to record in addition to the usual ones.</summary>
    public IReadOnlyCollection<string> Variables { get; init; } = [];

    /// <summary>The version of the program; null when not given.</summary>
    public string? Version { get; init; }

    public string? Title { get; init; }

    /// <summary>The name of the one part of the results that the command computes; null for all of them.</summary>
    public string? Part { get; init; }

    /// <summary>The number of all parts; 0 if it is not known.</summary>
    public int Parts { get; init; }

    public string? Type { get; init; }
}

/// <param name="Dataset">The dataset as the user wrote it, optionally with a version.</param>
/// <param name="Folder">The folder where it is staged; null for a folder of the job.</param>
internal sealed record JobInput(string Dataset, string? Folder)
{
    internal static JobInput Parse(string text) => text.Split('=', 2) is [var dataset, { Length: > 0 } folder]
        ? new JobInput(dataset, folder)
        : new JobInput(text.TrimEnd('='), null);
}

namespace Hutch.Cli.Jobs;

/// <summary>A request to <c>hutch run</c>.</summary>
internal sealed record Job
{
    /// <summary>The datasets that it reads.</summary>
    public required IReadOnlyList<JobInput> Inputs { get; init; }

    /// <summary>The name of the dataset for its results.</summary>
    public required string Output { get; init; }

    /// <summary>The words of the command, with <c>{input}</c> and <c>{output}</c> in them.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The folder of inputs and results on this machine.</summary>
    public required string Folder { get; init; }

    /// <summary>Patterns of the entries to stage; none for all of them.</summary>
    public IReadOnlyCollection<string> Include { get; init; } = [];

    /// <summary>Variables to record in addition to the usual ones.</summary>
    public IReadOnlyCollection<string> Variables { get; init; } = [];

    /// <summary>The version of the program; null when not given.</summary>
    public string? Version { get; init; }

    /// <summary>The title of the results.</summary>
    public string? Title { get; init; }

    /// <summary>The type of the results.</summary>
    public string? Type { get; init; }
}

/// <summary>An input of a job.</summary>
/// <param name="Dataset">The dataset as the user wrote it, optionally with a version.</param>
/// <param name="Folder">The folder where it is staged; null for a folder of the job.</param>
internal sealed record JobInput(string Dataset, string? Folder)
{
    /// <summary>Reads <c>DATASET[@SNAPSHOT][=FOLDER]</c>.</summary>
    internal static JobInput Parse(string text) => text.Split('=', 2) is [var dataset, { Length: > 0 } folder]
        ? new JobInput(dataset, folder)
        : new JobInput(text.TrimEnd('='), null);
}

using Hutch.Model.Parameters;
using Hutch.Programs.Queue;

namespace Hutch.Programs.Documents;

/// <summary>A program that the server starts on behalf of users, as its operator wrote it.</summary>
public sealed record ProgramDocument : IParametrised
{
    /// <summary>Stands for the site that has the bytes of the input.</summary>
    public const string AutoSite = "auto";

    /// <summary>The name, which is that of its file: <c>reconstruct</c>.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    /// <summary>The version of the program, recorded in each run.</summary>
    public required string Version { get; init; }

    public ProgramInputs Accepts { get; init; } = new();

    /// <summary>Further inputs, chosen by a rule or by a person.</summary>
    public IReadOnlyList<NamedInput> Inputs { get; init; } = [];

    /// <summary>The dataset with the root file system in which the command runs; null for that of the node.</summary>
    public DatasetRef? Image { get; init; }

    /// <summary>True if nodes mount its inputs where they can, except the image, and do not copy them.</summary>
    public bool Mounts { get; init; }

    public required CommandTemplate Command { get; init; }

    public IReadOnlyList<ParameterDeclaration> Parameters { get; init; } = [];

    public required TaskLimits Limits { get; init; }

    /// <summary>Patterns of files; each must match a file of the results, otherwise the run has failed.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>The pattern of the input files that get a part and a command each; null for one command for all.</summary>
    public string? Each { get; init; }

    /// <summary>The number of files with a command at the same time; null for one.</summary>
    public int? Parallel { get; init; }

    /// <summary>The longest time of a node that executes a command for each file; null for a program with one command.</summary>
    public long? NodeSeconds { get; init; }

    public ProgramOutput Output { get; init; } = new();

    /// <summary>The rule by which it starts by itself where a person has switched it on; null for starts by hand alone.</summary>
    public ProgramRule? When { get; init; }

    /// <summary>The way in which results of a rerun are compared.</summary>
    public ComparisonRules Comparison { get; init; } = ComparisonRules.Exact;

    /// <summary>The groups whose members may start it; empty for everyone who may derive from the input.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The engine that executes it.</summary>
    public string Engine { get; init; } = ProgramReader.LocalEngine;

    /// <summary>The site where it runs: a name, or <see cref="AutoSite"/>; null for the site that is asked.</summary>
    public string? Site { get; init; }

    /// <summary>The most attempts, after which a run has failed.</summary>
    public int Attempts { get; init; } = ProgramReader.UsualAttempts;

    /// <summary>The ends of attempts after which there is another one; null for <see cref="TaskRetry.Usual"/>.</summary>
    public TaskRetry? Retry { get; init; }

    /// <summary>Its place in the queue, and the resources that are counted.</summary>
    public ProgramShare Share { get; init; } = ProgramShare.Usual;

    /// <summary>Further arguments for the command that hands a run to a batch system.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The name of the source file, without a folder.</summary>
    public required string File { get; init; }

    public required string Source { get; init; }

    /// <summary>The SHA-256 of the source, in hexadecimal. A run keeps it.</summary>
    public string Digest => field ??= BlobHash.Compute(Encoding.UTF8.GetBytes(Source)).ToString();

    string IParametrised.What => $"program '{Name}'";

    Func<ParameterValues, HutchError?>? IParametrised.CheckTogether => null;
}

/// <summary>The datasets that a program takes.</summary>
public sealed record ProgramInputs
{
    /// <summary>The types of the input, or types from which its type inherits; empty for any.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Patterns of the files that it reads; other files are not staged. Empty for all files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The state of the input; null for both.</summary>
    public bool? Closed { get; init; }
}

/// <summary>The dataset with the results of a program. Its texts may contain <c>{input}</c> for the name or title of the input.</summary>
public sealed record ProgramOutput
{
    public string Type { get; init; } = "generic";

    /// <summary>The name; null for the name of the input with that of the program.</summary>
    public string? Name { get; init; }

    public string? Title { get; init; }

    /// <summary>True if the results are closed when a run is done.</summary>
    public bool Close { get; init; }
}

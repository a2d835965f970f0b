using System.Reflection;
using Hutch.Model.Parameters;

namespace Hutch.Model.Analyses;

/// <summary>
/// Declares an analysis step. The REST API, the command line, the portal and the result files need no other knowledge of a step.
/// </summary>
public sealed record StepDeclaration : IParametrised
{
    /// <summary>The version of this build, which is the version of all its steps.</summary>
    public static readonly string ProductVersion =
        typeof(StepDeclaration).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>The start of the programs of foreign steps, which workers declare: <c>steps/hot-pixels</c>.</summary>
    public const string ForeignPrefix = "steps/";

    /// <summary>Name in requests, such as <c>spots</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary>Purpose, in a sentence or two.</summary>
    public required string Description { get; init; }

    /// <summary>Program recorded in its runs, such as <c>hutch/per-image-analysis</c>. It identifies the step of a stored run.</summary>
    public required string Program { get; init; }

    /// <summary>Version recorded in its runs.</summary>
    public string Version { get; init; } = ProductVersion;

    /// <summary>Suffix of the output dataset's name, such as <c>spots</c>.</summary>
    public required string OutputSuffix { get; init; }

    /// <summary>Start of the output dataset's title, such as <c>Spots</c> in "Spots of lysozyme".</summary>
    public required string OutputTitle { get; init; }

    /// <summary>Type of the output dataset.</summary>
    public string OutputType { get; init; } = "table";

    public IReadOnlyList<ParameterDeclaration> Parameters { get; init; } = [];

    /// <summary>Columns of a result row after <c>file-number</c>, in order.</summary>
    public required IReadOnlyList<ResultColumn> Columns { get; init; }

    [JsonIgnore]
    public Func<ParameterValues, HutchError?>? CheckTogether { get; init; }

    /// <summary>The size of its text, by which it counts in a record.</summary>
    [JsonIgnore]
    public long Bytes => Name.Length + Title.Length + Description.Length + Program.Length + Version.Length + OutputSuffix.Length
        + OutputTitle.Length + OutputType.Length
        + Parameters.Sum(static one => one.Name.Length + one.Title.Length + one.Description.Length + (one.Pattern?.Length ?? 0))
        + Columns.Sum(static one => one.Name.Length + one.Title.Length + one.Description.Length + (one.Unit?.Length ?? 0));

    string IParametrised.What => $"step '{Name}'";
}

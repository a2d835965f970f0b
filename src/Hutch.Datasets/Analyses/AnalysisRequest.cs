namespace Hutch.Datasets.Analyses;

public sealed record AnalysisRequest
{
    /// <summary>Name of the step; null for the default one.</summary>
    public string? Step { get; init; }

    /// <summary>A recipe that says what to do, in place of <see cref="Step"/>; null for none.</summary>
    public JsonElement? Recipe { get; init; }

    public IReadOnlyList<KeyValuePair<string, JsonElement>> Parameters { get; init; } = [];

    /// <summary>Slug of the dataset for the results; null for one made from the input's.</summary>
    public string? Output { get; init; }

    /// <summary>True to analyse also frames that still come to an open dataset, until it is closed.</summary>
    public bool Follow { get; init; }

    /// <summary>
    /// The policy when frames come faster than they are analysed, as <see cref="Model.Analyses.LagPolicy"/> reads it; null for the policy
    /// of the recipe, or all frames without one. Needs <see cref="Follow"/>.
    /// </summary>
    public string? WhenBehind { get; init; }

    /// <summary>A run: only frames without a row in it are analysed, with its step and parameters by default; null for all.</summary>
    public string? MissingFrom { get; init; }

    /// <summary>The namespace of the workers; null for the default namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The address to which the rows are sent by HTTP; null for none.</summary>
    public string? Callback { get; init; }

    /// <summary>True to start a run even if an equal one exists.</summary>
    public bool Again { get; init; }
}

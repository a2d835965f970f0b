using System.Text.Json;

namespace Hutch.Datasets.Analyses;

public sealed record AnalysisRequest
{
    /// <summary>Name of the step; null for the default one.</summary>
    public string? Step { get; init; }

    /// <summary>A recipe that says what to do, in place of <see cref="Step"/>; null for none.</summary>
    public JsonElement? Recipe { get; init; }

    /// <summary>Values for the parameters of the step, or of the recipe, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonElement>> Parameters { get; init; } = [];

    /// <summary>Slug of the dataset for the results; null for one made from the input's.</summary>
    public string? Output { get; init; }

    /// <summary>Whether frames that still come to an open dataset are analysed too, until it is closed.</summary>
    public bool Follow { get; init; }

    /// <summary>
    /// What to do when frames come faster than they are analysed, as <see cref="Model.Analyses.LagPolicy"/> reads it; null for what the
    /// recipe says, else for all. Needs <see cref="Follow"/>.
    /// </summary>
    public string? WhenBehind { get; init; }

    /// <summary>A run: only frames without a row in it are analysed, in its way if nothing else is said; null for all.</summary>
    public string? MissingFrom { get; init; }

    /// <summary>The workers that shall carry it out; null for those of the default namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The address to which the rows are sent by HTTP; null for none.</summary>
    public string? Callback { get; init; }

    /// <summary>Whether to start a run even if one of the same work is there.</summary>
    public bool Again { get; init; }
}

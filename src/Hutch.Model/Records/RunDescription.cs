using System.Text.Json;

namespace Hutch.Model.Records;

/// <summary>What is recorded of a run when it begins.</summary>
/// <param name="Program">The program, as <c>hutch/per-image-analysis</c>.</param>
/// <param name="Command">The command line, if there was one. Without secrets.</param>
/// <param name="Environment">Where it ran: machine, runtime, processor.</param>
/// <param name="Token">The id (never the secret) of the token it was started with.</param>
/// <param name="Namespace">The workers that carry it out; null for those of the default namespace.</param>
public sealed record RunDescription(
    string Program,
    string Version,
    string? Command,
    JsonElement? Parameters,
    IReadOnlyDictionary<string, string>? Environment,
    string User,
    string? Token,
    string? Namespace = null)
{
    /// <summary>Whether whoever started it carries it out, such as a job of a cluster; null when workers of the server do.</summary>
    public bool? IsExternal { get; init; }
}

using System.Text.Json;

namespace Hutch.Site.Life.Maintenance;

/// <param name="Finished">The time of its end; null while it runs.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>failed</c> or, by a stop of the server, <c>cancelled</c>.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Message">A sentence about its result or the reason of its failure; null while it runs.</param>
/// <param name="Report">Its result, as a JSON object; null unless it is done.</param>
/// <param name="Server">The server that runs it; null where there is one.</param>
public sealed record MaintenanceJob(
    Guid Id,
    string Kind,
    DateTimeOffset Started,
    DateTimeOffset? Finished = null,
    string State = "running",
    double Progress = 0,
    string? Message = null,
    JsonElement? Report = null,
    string? Server = null);

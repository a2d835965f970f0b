using System.Text.Json;

namespace Hutch.Site.Life.Maintenance;

/// <summary>A maintenance task that runs or has run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">The kind of its task, or <c>purge</c>.</param>
/// <param name="Started">When it began.</param>
/// <param name="Finished">When it ended; null while it runs.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>failed</c> or, by a stop of the server, <c>cancelled</c>.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Message">What it did, or why it failed, in a sentence; null while it runs.</param>
/// <param name="Report">What it did, as a JSON object; null unless it is done.</param>
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

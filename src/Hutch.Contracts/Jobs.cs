using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Contracts;

/// <summary>A task of the site.</summary>
public sealed record JobInfo
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>One of <c>GET /jobs/kinds</c>, or <c>purge</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>running</c>, <c>done</c>, <c>failed</c> or, by a stop of the server, <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Part done, 0 to 1.</summary>
    public double? Progress { get; init; }

    /// <summary>What it did, or why it failed, in a sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>What it did, as an object whose members depend on the kind; absent unless it is done.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>The server that runs it; absent where a site has one.</summary>
    public string? Server { get; init; }
}

/// <summary>Asks for a task.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartJob
{
    /// <summary>One of <c>GET /jobs/kinds</c>, such as <c>gc</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Parameters of the kind, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>Of a backup: where to, an absolute path on the disk of the server.</summary>
    public string? Folder { get; init; }

    /// <summary>Of a backup: whether keys and the configuration go with it.</summary>
    public bool? WithKeys { get; init; }

    /// <summary>Of a backup: how many stay in the folder.</summary>
    public int? Keep { get; init; }
}

namespace Hutch.Contracts;

/// <summary>A job of the site.</summary>
public sealed record JobInfo
{
    public required string Id { get; init; }

    /// <summary>One of <c>GET /jobs/kinds</c>, or <c>purge</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>running</c>, <c>done</c>, <c>failed</c>, or <c>cancelled</c> by a stop of the server.</summary>
    public required string State { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    /// <summary>Progress, 0 to 1.</summary>
    public double? Progress { get; init; }

    /// <summary>Result, or reason of failure, in a sentence for display.</summary>
    public string? Message { get; init; }

    /// <summary>Result, as an object whose members depend on the kind; absent unless it is done.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>The server that runs it; absent if the site has one server.</summary>
    public string? Server { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartJob
{
    /// <summary>One of <c>GET /jobs/kinds</c>, such as <c>gc</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Parameters of the kind, by name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Parameters { get; init; }

    /// <summary>For a backup: target folder, an absolute path on the disk of the server.</summary>
    public string? Folder { get; init; }

    /// <summary>For a backup: true to include keys and the configuration.</summary>
    public bool? WithKeys { get; init; }

    /// <summary>For a backup: number of backups to retain in the folder.</summary>
    public int? Keep { get; init; }
}

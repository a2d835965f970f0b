using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>A refusal on the wire: problem details (RFC 9457) with a stable code, as <c>application/problem+json</c>.</summary>
public sealed record Problem
{
    /// <summary><c>urn:hutch:error:CODE</c>.</summary>
    public string? Type { get; init; }

    /// <summary>What kind of refusal it is, in a few words.</summary>
    public string? Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>What happened to which object, in a sentence or two.</summary>
    public string? Detail { get; init; }

    /// <summary>The path that was asked.</summary>
    public string? Instance { get; init; }

    /// <summary>Name of the <see cref="ErrorCode"/>.</summary>
    public string? Code { get; init; }

    /// <summary>What the reader can do about it.</summary>
    public string? Advice { get; init; }

    /// <summary>Finds the request in the server's log.</summary>
    public string? RequestId { get; init; }

    /// <summary>Further facts of the refusal (<see cref="HutchError.Details"/>), each a member of its own.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Details { get; set; }
}

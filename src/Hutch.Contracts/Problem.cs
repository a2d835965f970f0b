namespace Hutch.Contracts;

/// <summary>An error: problem details (RFC 9457) with a stable code, as <c>application/problem+json</c>.</summary>
public sealed record Problem
{
    /// <summary><c>urn:hutch:error:CODE</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of error, in a few words.</summary>
    public string? Title { get; init; }

    public int? Status { get; init; }

    /// <summary>The event, and the affected object.</summary>
    public string? Detail { get; init; }

    /// <summary>Path of the request.</summary>
    public string? Instance { get; init; }

    /// <summary>Stable name of the error.</summary>
    public string? Code { get; init; }

    public string? Advice { get; init; }

    /// <summary>Id of the request in the log of the server.</summary>
    public string? RequestId { get; init; }

    /// <summary>Further facts of the error (<see cref="HutchError.Details"/>), each as a member.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Details { get; set; }
}

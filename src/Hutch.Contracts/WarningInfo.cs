namespace Hutch.Contracts;

/// <summary>A condition that an operator should examine, though the site keeps working.</summary>
public sealed record WarningInfo
{
    /// <summary>Stable name: <c>segments-lost</c>, <c>records-rebuilt</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>The finding, in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>Advice, in a sentence.</summary>
    public required string Advice { get; init; }
}

namespace Hutch.Contracts;

/// <summary>Something an operator should look at, though the site keeps working.</summary>
public sealed record WarningInfo
{
    /// <summary>Stable name: <c>segments-lost</c>, <c>records-rebuilt</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>What was found, in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do next, in a sentence.</summary>
    public required string Advice { get; init; }
}

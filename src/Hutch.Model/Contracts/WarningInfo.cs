namespace Hutch.Model.Contracts;

/// <summary>Something at the site that works on but that an operator should see to.</summary>
public sealed record WarningInfo
{
    /// <summary>What it is, in a word that does not change: <c>segments-lost</c>, <c>records-rebuilt</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>What was found, in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do next, in a sentence.</summary>
    public required string Advice { get; init; }
}

namespace Hutch.Publishing.Checks;

/// <summary>What a description lacks, or has wrong.</summary>
/// <param name="Field">Where: <c>title</c>, <c>authors[0].orcid</c>.</param>
/// <param name="Problem">A sentence.</param>
/// <param name="IsRequired">
/// Whether nothing is published before it is mended; else it only makes the data easier to find and to use.
/// </param>
public sealed record PublicationFinding(string Field, string Problem, bool IsRequired);

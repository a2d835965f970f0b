namespace Hutch.Publishing.Checks;

/// <summary>A missing or invalid part of a description.</summary>
/// <param name="Field">The field, such as <c>title</c> or <c>authors[0].orcid</c>.</param>
/// <param name="IsRequired">
/// True if it must be fixed before publication; false for advice that makes the data easier to find and to use.
/// </param>
public sealed record PublicationFinding(string Field, string Problem, bool IsRequired);

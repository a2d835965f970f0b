namespace Hutch.Model.Site;

/// <summary>A conversion of a temporary dataset to a permanent one: a lease to be extended, so that it ends with its server.</summary>
/// <param name="Id">Distinguishes it from an earlier one of the same dataset.</param>
/// <param name="Until">The end unless extended, in milliseconds since 1970.</param>
public sealed record KeepOperation(Guid Id, long Until);

namespace Hutch.Model.Site;

/// <summary>The outcome of a comparison of a run with the run that it repeats.</summary>
/// <param name="Run">The run that repeated another one.</param>
/// <param name="Document">The statement, as it was signed; null if there is none.</param>
/// <param name="Proof">The key and signature of the site; null if there is no statement.</param>
/// <param name="Reason">The reason why there is no statement; null if there is one.</param>
public sealed record SiteStatement(Guid Run, string? Document, string? Proof, string? Reason);

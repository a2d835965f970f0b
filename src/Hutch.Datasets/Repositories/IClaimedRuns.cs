namespace Hutch.Datasets.Repositories;

/// <summary>Finds the runs that commits of git claim. It reads what git brought.</summary>
public interface IClaimedRuns
{
    /// <summary>The newest ones of the main branch, newest first; empty if git brought nothing to the dataset.</summary>
    Task<IReadOnlyList<ClaimedRun>> FindAsync(SiteDataset dataset, CancellationToken ct);
}

/// <summary>
/// A run that DataLad recorded in a commit message. Hutch did not see it: it is a claim of the author, so it is no run of Hutch, and no
/// ground for eviction.
/// </summary>
/// <param name="Commit">The commit, as 40 hex digits.</param>
/// <param name="Author">The name that the commit gives.</param>
/// <param name="Message">The first line of the message.</param>
/// <param name="Command">The command; null if its record is in a file of the dataset.</param>
public sealed record ClaimedRun(
    string Commit, string Author, DateTimeOffset Time, string Message, string? Command, IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs);

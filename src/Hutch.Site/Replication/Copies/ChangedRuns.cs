using Hutch.Model.Histories;

namespace Hutch.Site.Replication.Copies;

/// <summary>The runs of a history that must be compared when it is taken over.</summary>
/// <param name="Since">The history that was taken over before, and is equal in all other runs; null for none.</param>
internal sealed record ChangedRuns(BlobHash? Since, IReadOnlyList<RunFact> Runs);

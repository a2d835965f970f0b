using Hutch.Datasets.Analyses;

namespace Hutch.Datasets.Programs;

/// <summary>
/// Finds results of the same work: of the same document, command and parameters on the same versions of all inputs, of which an image may
/// be one.
/// </summary>
/// <remarks>A caller never learns of a result that the caller may not read.</remarks>
internal sealed class SameResults(
    Authorizer authorizer, RunRegistry registry, RunComparisons comparisons, RunService runs, HeadReader heads)
{
    /// <summary>The most runs of the same work that are looked at, the newest first.</summary>
    private const int MaxRuns = 20;

    /// <summary>Returns the newest result that the caller may read; null for none.</summary>
    /// <param name="owner">The owner of the result; null for any.</param>
    public async ValueTask<SameResult?> FindAsync(Caller caller, NewRun wanted, string? owner, CancellationToken ct)
    {
        foreach (SiteRun run in await registry.OfSameTaskAsync(wanted, MaxRuns, ct))
        {
            if (run.Outputs is [var output]
                && (await authorizer.AuthorizeAsync(caller, output, Operation.EntryRead, ct)).IsOk
                && (await heads.DatasetAsync(output, ct)).Then(DatasetState.RequirePresent).TryGet(out SiteDataset? results, out _)
                && (owner is null || results.Owner == owner)
                && await comparisons.FindResultsAsync(run, output, ct) is { } snapshot
                && (await runs.GetAsync(caller, run.Id, ct)).TryGet(out VisibleRun? visible, out _))
            {
                var same = new SameResult(run.Id, output, $"{results.Owner}/{results.Slug}", snapshot.Number);
                return same with { Visible = visible with { Same = same } };
            }
        }

        return null;
    }
}

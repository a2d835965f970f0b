namespace Hutch.Federation.Reading;

/// <summary>The sites that have the same bytes, and their recent failures. Thread-safe.</summary>
internal interface IBlobHolders
{
    /// <summary>Returns true if a site, when asked lately, sent nothing of a dataset, or only after another one.</summary>
    bool HasFailed(DatasetId dataset, string siteId);

    /// <summary>Notes that a site gave nothing, or only after another one.</summary>
    void NoteFailure(DatasetId dataset, string siteId);

    ValueTask<string> NameAsync(string siteId, CancellationToken ct);

    HutchError NoHolderAnswers(IEnumerable<string> refusals);
}

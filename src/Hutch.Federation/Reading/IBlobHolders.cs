using Hutch.Model;

namespace Hutch.Federation.Reading;

/// <summary>Sites that have the same bytes, and what is known of them. Thread-safe.</summary>
internal interface IBlobHolders
{
    /// <summary>Whether a site gave nothing of a dataset when it was asked lately, or only after another one.</summary>
    bool HasFailed(DatasetId dataset, string siteId);

    /// <summary>Notes that a site gave nothing, or only after another one.</summary>
    void NoteFailure(DatasetId dataset, string siteId);

    /// <summary>What a site is called.</summary>
    ValueTask<string> NameAsync(string siteId, CancellationToken ct);

    /// <summary>What to say when none of them gives what is asked for.</summary>
    HutchError NoHolderAnswers(IEnumerable<string> refusals);
}

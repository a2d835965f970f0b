using Hutch.Agent.Rules;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>
/// Decides if files may leave the facility at the end of their retention. The folder's rule must allow it, nothing in the folder can have
/// changed, and enough other sites must have read their copies again. Every doubt is a refusal.
/// </summary>
public static class EvictionRule
{
    /// <summary>The refusal by conditions at the facility itself, before any other site is asked; null for none.</summary>
    public static EvictionDecision? FindRefusal(FolderRule rule, FolderContents contents)
    {
        string? because = contents switch
        {
            _ when !rule.Options.Evict => "'evict' is off for this folder",
            { IsClosed: false } => "the dataset is not closed, so it may still change",
            { UnhashedFiles: > 0 } => string.Create(
                CultureInfo.InvariantCulture, $"{contents.UnhashedFiles} of its files are not hashed yet, so they cannot be compared"),
            { Snapshot: null } => "there is no snapshot that other sites could have copied",
            { HasChanged: true } => "the folder differs from the last snapshot",
            _ => null,
        };
        return because is null ? null : EvictionDecision.Reject(because);
    }

    /// <summary>The decision from the answer of other sites; null when none was asked.</summary>
    public static EvictionDecision? Decide(FolderRule rule, HoldersAnswer answer)
    {
        return answer.State switch
        {
            HoldersState.None => null,
            HoldersState.Held when answer.Sites.Count >= rule.Options.Copies => EvictionDecision.Allow(answer.Sites),
            HoldersState.Held => EvictionDecision.Reject(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'copies' is {rule.Options.Copies} now, and {answer.Sites.Count} of the sites that were asked hold it")),
            HoldersState.Asked => EvictionDecision.Wait(string.Join(
                "; ",
                [
                    $"other sites are reading their copies again, and at least {rule.Options.Copies} must hold one",
                    .. answer.Problems.Select(static problem => problem.TrimEnd('.')),
                ])),
            _ => EvictionDecision.Reject("the dataset is being recalled, and other sites are released"),
        };
    }
}

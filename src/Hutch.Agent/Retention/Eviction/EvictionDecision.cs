namespace Hutch.Agent.Retention.Eviction;

/// <summary>
/// Whether the files of a folder could leave the facility now, and why. Nothing acts on it yet: no part of Hutch removes a facility's file.
/// </summary>
public sealed record EvictionDecision
{
    private EvictionDecision(bool isAllowed, string reason, IReadOnlyList<string> sites) =>
        (IsAllowed, Reason, Sites) = (isAllowed, reason, sites);

    /// <summary>Whether they could.</summary>
    public bool IsAllowed { get; }

    /// <summary>Why, in a sentence for the operator.</summary>
    public string Reason { get; }

    /// <summary>The sites whose copies count.</summary>
    public IReadOnlyList<string> Sites { get; }

    internal static EvictionDecision Refuse(string because) => new(false, $"Hutch removes nothing here: {because.TrimEnd('.')}.", []);

    internal static EvictionDecision Allow(IReadOnlyList<string> sites) =>
        new(true, $"Every file has a verified copy at {string.Join(", ", sites)}, so the facility can remove them here.", sites);
}

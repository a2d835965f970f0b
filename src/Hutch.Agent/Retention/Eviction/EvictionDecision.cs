namespace Hutch.Agent.Retention.Eviction;

/// <summary>Whether the files of a folder may leave the facility now, and why.</summary>
public sealed record EvictionDecision
{
    private EvictionDecision(string reason) => Reason = reason;

    /// <summary>Whether they may: other sites hold all of them.</summary>
    public bool IsAllowed { get; private init; }

    /// <summary>Whether other sites were asked, and have not all answered.</summary>
    public bool IsWaiting { get; private init; }

    /// <summary>Why, in a sentence for the operator.</summary>
    public string Reason { get; }

    internal static EvictionDecision Reject(string because) => new($"Hutch removes nothing here: {because.TrimEnd('.')}.");

    internal static EvictionDecision Wait(string because) => Reject(because) with { IsWaiting = true };

    internal static EvictionDecision Allow(IReadOnlyList<string> sites) => new(
        $"Every file has a verified copy that {string.Join(" and ", sites)} will keep until released, so Hutch removes the files here.")
    {
        IsAllowed = true,
    };
}

using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>What somebody at a site asks of the tokens for steps: one of three.</summary>
public sealed record JobTokenQuery
{
    /// <summary>To make one.</summary>
    public StepRequest? Wanted { get; init; }

    /// <summary>Of which one it is, when it is there already.</summary>
    public string? Id { get; init; }

    /// <summary>For how long that is good from now on; null to end it.</summary>
    public TimeSpan? Life { get; init; }
}

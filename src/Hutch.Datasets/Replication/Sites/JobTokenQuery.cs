using Hutch.Zone.Accounts;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>A request about tokens for steps, made at a site: one of three.</summary>
public sealed record JobTokenQuery
{
    /// <summary>To make one.</summary>
    public StepRequest? Wanted { get; init; }

    public string? Id { get; init; }

    /// <summary>For how long that is good from now on; null to end it.</summary>
    public TimeSpan? Life { get; init; }
}

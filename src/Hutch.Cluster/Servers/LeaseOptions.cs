namespace Hutch.Cluster.Servers;

/// <summary>The time limits for the leases of a server that is gone or silent (decision 0163).</summary>
public sealed record LeaseOptions
{
    /// <summary>The duration of a lease that is not renewed. After it, the job of a stalled server begins at another one.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The interval of renewals, all of a server in one statement; an attempt takes no longer than this.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The safety margin: a holder takes its lease for lost, and stops, this long before PostgreSQL would give it away.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time without a renewal after which a server without a life line counts as killed, and its jobs begin at another one. A living
    /// server renews within this time on any other connection.
    /// </summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(1.25);

    /// <summary>
    /// The time for which a server's own life line must have existed before it takes another server for dead: after a restart of PostgreSQL
    /// all must come back first.
    /// </summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromSeconds(10);
}

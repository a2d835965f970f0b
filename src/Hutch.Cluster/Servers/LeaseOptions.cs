namespace Hutch.Cluster.Servers;

/// <summary>How long a job stays with a server that is gone, or says nothing any more (decision 0163).</summary>
public sealed record LeaseOptions
{
    /// <summary>A lease that is not renewed ends after so long: the job of a server that stands still begins at another one then.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often leases are renewed, all of a server in one statement; an attempt takes no longer than this.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So long before PostgreSQL would give a lease to another server its holder takes it for lost, and stops.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A server whose life line has ended, and that has renewed nothing for so long, was killed: its jobs begin at another one. One that
    /// lives renews within this time on any other connection.
    /// </summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(1.25);

    /// <summary>
    /// How long a server's own life line must have stood before the server takes another one for dead: after a restart of PostgreSQL all
    /// must come back first.
    /// </summary>
    public TimeSpan SettledAfter { get; init; } = TimeSpan.FromSeconds(10);
}

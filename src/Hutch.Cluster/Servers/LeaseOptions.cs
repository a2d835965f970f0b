namespace Hutch.Cluster.Servers;

/// <summary>How long a job stays with a server that no longer says anything (decision 0163).</summary>
public sealed record LeaseOptions
{
    /// <summary>A lease that is not renewed ends after so long: the job of a server that was killed begins at another one then.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often leases are renewed, all of a server in one statement; an attempt takes no longer than this.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>So long before PostgreSQL would give a lease to another server its holder takes it for lost, and stops.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(2);
}

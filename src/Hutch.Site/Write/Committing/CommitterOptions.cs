using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Committing;

/// <summary>Limits of the committer.</summary>
public sealed class CommitterOptions
{
    /// <summary>The most requests that may wait; further ones wait outside the queue.</summary>
    [Range(16, 1 << 20)]
    public int MaxWaitingRequests { get; init; } = 4096;

    /// <summary>The most requests in one group.</summary>
    [Range(1, 65536)]
    public int MaxGroupRequests { get; init; } = 256;

    /// <summary>Bytes of members after which a group takes no further request.</summary>
    [Range(1, 256 << 20)]
    public int MaxGroupBytes { get; init; } = 4 << 20;
}

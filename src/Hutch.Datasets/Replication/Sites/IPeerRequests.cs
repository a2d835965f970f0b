namespace Hutch.Datasets.Replication.Sites;

/// <summary>
/// Requests of a server to other sites on behalf of users: from a zone to the homes of datasets, and from a site to its zone.
/// </summary>
public interface IPeerRequests
{
    /// <summary>
    /// Checks that a future owner's quotas at the home of some datasets have space for all of them. Returns the reason that they have not,
    /// or that the home cannot say; null when they have.
    /// </summary>
    /// <param name="datasets">The datasets, which have one home.</param>
    /// <param name="isExact">True if a refusal is reliable; otherwise it may count too much.</param>
    Task<HutchError?> FindQuotaRefusalAsync(IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct);

    /// <param name="token">The public part of the token that was used here.</param>
    Task<Result<LinkAnswer>> RequestLinksAsync(string token, LinkQuery question, CancellationToken ct);

    /// <summary>Has the zone change rights for a facility folder, or mail its people.</summary>
    /// <param name="token">The public part of the token of the agent's account here.</param>
    Task<Result<FolderAnswer>> RequestFolderAsync(string token, FolderRequest request, CancellationToken ct);

    /// <summary>Asks the zone for a token for a step, and waits until this site has received the change.</summary>
    /// <param name="token">The public part of the token that was used here.</param>
    Task<Result<NewJobToken>> RequestJobTokenAsync(string token, JobTokenQuery question, CancellationToken ct);
}

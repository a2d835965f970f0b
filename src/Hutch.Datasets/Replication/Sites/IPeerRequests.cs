using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>What a server asks other sites for somebody: a zone the homes of datasets, and a site its zone.</summary>
public interface IPeerRequests
{
    /// <summary>
    /// Why an owner to be has no room for some datasets together by the quotas of their home, or the home cannot say; null when it has.
    /// </summary>
    /// <param name="datasets">The datasets, which have one home.</param>
    /// <param name="owner">The owner to be.</param>
    /// <param name="isExact">Whether a refusal is to be believed; else it may count too much.</param>
    Task<HutchError?> FindQuotaRefusalAsync(IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct);

    /// <summary>Asks the zone for share links.</summary>
    /// <param name="token">The public part of the token that was used here.</param>
    /// <param name="question">What is asked.</param>
    Task<Result<LinkAnswer>> RequestLinksAsync(string token, LinkQuery question, CancellationToken ct);

    /// <summary>Asks the zone for a token for a step, and waits until this site knows what was changed.</summary>
    /// <param name="token">The public part of the token that was used here.</param>
    /// <param name="question">What is asked.</param>
    Task<Result<NewJobToken>> RequestJobTokenAsync(string token, JobTokenQuery question, CancellationToken ct);
}

using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Datasets.Sites;

/// <summary>What a zone asks the homes of datasets, which are other sites.</summary>
public interface IHomeQuestions
{
    /// <summary>Why an owner to be has no room for a dataset by the quotas of its home, or the home cannot say; null when it has.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="owner">The owner to be.</param>
    /// <param name="isExact">Whether a refusal is to be believed; else it may count too much.</param>
    /// <param name="ct">Cancels.</param>
    Task<HutchError?> FindQuotaRefusalAsync(NameRecord dataset, string owner, bool isExact, CancellationToken ct);
}

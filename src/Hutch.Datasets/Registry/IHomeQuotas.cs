namespace Hutch.Datasets.Registry;

/// <summary>The quotas at the homes of datasets, which are other sites.</summary>
public interface IHomeQuotas
{
    /// <summary>
    /// Checks that a future owner's quotas at the home of some datasets have space for all of them. Returns the reason that they have not,
    /// or that the home cannot say; null when they have.
    /// </summary>
    /// <param name="datasets">The datasets, which have one home.</param>
    /// <param name="isExact">True if a refusal is reliable; otherwise it may count too much.</param>
    Task<HutchError?> FindRefusalAsync(IReadOnlyList<NameRecord> datasets, string owner, bool isExact, CancellationToken ct);
}

using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Sites;

/// <summary>Reads datasets whose bytes are at another site.</summary>
public interface IReadThrough
{
    /// <summary>
    /// What reads a dataset of another site, once it knows its versions; a refusal when its home cannot be asked and what is wanted may
    /// have changed.
    /// </summary>
    /// <param name="own">What reads the datasets of this site.</param>
    /// <param name="caller">Who reads, and may.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="isFixed">Whether what is wanted never changes.</param>
    /// <param name="ct">Cancels.</param>
    Task<Result<AuthorizedServices>> OpenAsync(
        AuthorizedServices own, Caller caller, NameRecord dataset, bool isFixed, CancellationToken ct);
}

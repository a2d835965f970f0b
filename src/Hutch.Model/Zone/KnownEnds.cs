namespace Hutch.Model.Zone;

/// <summary>
/// What a site knows of the life of the zone before a restore, in parts: what had ended, and the names of datasets that are at home there.
/// </summary>
public sealed record KnownEnds
{
    /// <summary>Tokens for the site that were revoked, by their public parts.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>Accounts that were disabled, by their ids.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Grants, memberships and roles that were taken away: the table, a space, and the key of the row.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>The names of datasets that are at home at the site.</summary>
    public IReadOnlyList<KnownName> Names { get; init; } = [];
}

/// <summary>The name of a dataset that is at home at a site.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Owner">The id of its owner.</param>
/// <param name="Slug">Its short name.</param>
/// <param name="Epoch">The epoch of its home.</param>
public sealed record KnownName(DatasetId Dataset, string Owner, string Slug, long Epoch);

namespace Hutch.Model.Zone;

/// <summary>The name that a site has given a dataset itself, as its zone could not be reached. The zone gives it the lasting one.</summary>
/// <param name="Dataset">The dataset, which is at this site.</param>
/// <param name="Token">The public part of the token with which it was made.</param>
/// <param name="Owner">The login name of the user or group that is to own it.</param>
/// <param name="IsMakers">Whether that is who made it.</param>
/// <param name="Slug">The short name that was asked for.</param>
public sealed record GivenName(DatasetId Dataset, string Token, PrincipalId Maker, string Owner, bool IsMakers, string Slug)
{
    /// <summary><c>owner/slug</c>.</summary>
    public string FullName => Owner + "/" + Slug;

    /// <summary>Of a dataset that this server had before it joined: what the zone is told of it; null for another.</summary>
    public BroughtDataset? Brought { get; init; }

    /// <summary>Whether the zone has given a lasting name: where that is another, this one is an alias at this site.</summary>
    public bool IsRegistered { get; init; }
}

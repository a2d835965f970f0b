namespace Hutch.Model.Zone;

/// <summary>An account of the zone for which a joining server brings datasets.</summary>
/// <param name="IsNew">True if it must be created.</param>
public sealed record ImportedAccount(string Name, bool IsGroup, bool IsNew, string? DisplayName, IReadOnlyList<ImportedMember> Members);

public sealed record ImportedMember(string Name, bool IsManager);

/// <summary>A dataset that a server had before it joined, with its rights. The server's site is its home.</summary>
/// <param name="From">The start of that right; null for at once.</param>
public sealed record ImportedDataset(
    DatasetId Dataset, string Owner, string Slug, string Right, DateTimeOffset? From, IReadOnlyList<ImportedGrant> Grants);

public sealed record ImportedGrant(string To, string Right, DateTimeOffset? From);

/// <param name="Slug">The short name, with a number if the original one is taken; null if it is refused.</param>
public sealed record ImportedName(DatasetId Dataset, string? Slug, string? Problem);

public sealed record AdmittedSite(
    string SiteId, string SiteName, IReadOnlyDictionary<string, string> Accounts, IReadOnlyList<ImportedName> Datasets);

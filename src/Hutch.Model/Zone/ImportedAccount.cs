namespace Hutch.Model.Zone;

/// <summary>An account of the zone for which a joining server brings datasets.</summary>
/// <param name="Name">The user or group of the zone.</param>
/// <param name="IsGroup">True for a group.</param>
/// <param name="IsNew">True if it must be created.</param>
/// <param name="DisplayName">The display name or description of a new account; null for none.</param>
/// <param name="Members">The members of a new group.</param>
public sealed record ImportedAccount(string Name, bool IsGroup, bool IsNew, string? DisplayName, IReadOnlyList<ImportedMember> Members);

/// <summary>A member of a new group.</summary>
public sealed record ImportedMember(string Name, bool IsManager);

/// <summary>A dataset that a server had before it joined, with its rights. The server's site is its home.</summary>
/// <param name="Owner">The user or group of the zone.</param>
/// <param name="Slug">The short name.</param>
/// <param name="Right">The right of everyone.</param>
/// <param name="From">The start of that right; null for at once.</param>
/// <param name="Grants">The rights of users and groups of the zone.</param>
public sealed record ImportedDataset(
    DatasetId Dataset, string Owner, string Slug, string Right, DateTimeOffset? From, IReadOnlyList<ImportedGrant> Grants);

/// <summary>A right on such a dataset.</summary>
public sealed record ImportedGrant(string To, string Right, DateTimeOffset? From);

/// <summary>The name of such a dataset in the zone.</summary>
/// <param name="Slug">The short name, with a number if the original one is taken; null if it is refused.</param>
/// <param name="Problem">The reason for refusal; null for none.</param>
public sealed record ImportedName(DatasetId Dataset, string? Slug, string? Problem);

/// <summary>A site that joined with accounts.</summary>
/// <param name="Accounts">The ids of the accounts, by name.</param>
/// <param name="Datasets">The names of its datasets in the zone.</param>
public sealed record AdmittedSite(
    string SiteId, string SiteName, IReadOnlyDictionary<string, string> Accounts, IReadOnlyList<ImportedName> Datasets);

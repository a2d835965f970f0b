namespace Hutch.Model.Zone;

/// <summary>An account of the zone for which a server that joins has datasets.</summary>
/// <param name="Name">The user or group of the zone.</param>
/// <param name="IsGroup">Whether it is a group.</param>
/// <param name="IsNew">Whether it is to be made.</param>
/// <param name="DisplayName">What a new one is called, or described as; null for nothing.</param>
/// <param name="Members">Of a new group: its members.</param>
public sealed record BroughtAccount(string Name, bool IsGroup, bool IsNew, string? DisplayName, IReadOnlyList<BroughtMember> Members);

/// <summary>A member of a group that is to be made.</summary>
public sealed record BroughtMember(string Name, bool IsManager);

/// <summary>A dataset that a server had before it joined, with the rights on it. Its home is there.</summary>
/// <param name="Owner">The user or group of the zone that owns it.</param>
/// <param name="Slug">Its short name.</param>
/// <param name="Right">What everybody may do.</param>
/// <param name="From">From when; null for at once.</param>
/// <param name="Grants">What users and groups of the zone may do.</param>
public sealed record BroughtDataset(
    DatasetId Dataset, string Owner, string Slug, string Right, DateTimeOffset? From, IReadOnlyList<BroughtGrant> Grants);

/// <summary>A right on such a dataset.</summary>
public sealed record BroughtGrant(string To, string Right, DateTimeOffset? From);

/// <summary>What the zone calls such a dataset.</summary>
/// <param name="Slug">Its short name, with a number where the one that it had is taken; null where it is refused.</param>
/// <param name="Problem">Why it is refused; null where it is not.</param>
public sealed record BroughtName(DatasetId Dataset, string? Slug, string? Problem);

/// <summary>A site that was taken in with accounts.</summary>
/// <param name="SiteName">What it is called.</param>
/// <param name="Accounts">The ids of the accounts by their names.</param>
/// <param name="Datasets">What the datasets that it has named are called.</param>
public sealed record AdmittedSite(
    string SiteId, string SiteName, IReadOnlyDictionary<string, string> Accounts, IReadOnlyList<BroughtName> Datasets);

using Hutch.Model.Site;

namespace Hutch.Datasets.Upkeep;

/// <summary>The usage of an owner, and its quota.</summary>
/// <param name="Quota">The quota; null for no limit.</param>
public sealed record QuotaStatus(OwnerUsage Usage, OwnerQuota? Quota);

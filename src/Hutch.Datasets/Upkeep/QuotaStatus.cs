using Hutch.Model.Site;

namespace Hutch.Datasets.Upkeep;

/// <summary>What an owner holds, and may.</summary>
/// <param name="Usage">What it holds.</param>
/// <param name="Quota">What it may hold; null for any.</param>
public sealed record QuotaStatus(OwnerUsage Usage, OwnerQuota? Quota);

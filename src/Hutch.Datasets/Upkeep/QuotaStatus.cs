namespace Hutch.Datasets.Upkeep;

/// <param name="Quota">The quota; null for no limit.</param>
public sealed record QuotaStatus(OwnerUsage Usage, OwnerQuota? Quota, ProcessorUse Processors, ProcessorBudget? Budget);

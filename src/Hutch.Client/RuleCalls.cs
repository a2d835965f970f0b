namespace Hutch.Client;

/// <summary>Rules that say where datasets are.</summary>
public static class RuleCalls
{
    extension(HutchClient client)
    {
        public Task<DatasetRules> GetRulesAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.ListOfDataset.At(dataset), ct);

        public Task<RuleInfo> AddRuleAsync(DatasetId dataset, AddDatasetRule rule, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.AddToDataset.At(dataset), rule, ct);

        /// <summary>Returns the effect of a rule for a dataset without adding it.</summary>
        public Task<RuleEffectInfo> TryRuleAsync(DatasetId dataset, AddDatasetRule rule, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.TryForDataset.At(dataset), rule, ct);

        public Task<RuleList> GetRulesAsync(CancellationToken ct = default) => client.CallAsync(RestCalls.Rules.List.At(), ct);

        public Task<RuleInfo> AddRuleAsync(AddRule rule, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.Add.At(), rule, ct);

        /// <summary>Returns the effect of a rule without adding it.</summary>
        public Task<RuleEffectInfo> TryRuleAsync(AddRule rule, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.Try.At(), rule, ct);

        public Task<RuleEffectInfo> GetRuleAsync(long number, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.Find.At(number), ct);

        public Task<RuleInfo> RemoveRuleAsync(long number, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Rules.Remove.At(number), ct);
    }
}

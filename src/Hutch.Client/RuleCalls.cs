using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Rules that say where datasets are.</summary>
public static class RuleCalls
{
    extension(HutchClient client)
    {
        public Task<DatasetRules> GetRulesAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{dataset}/rules", HutchJson.Default.DatasetRules, ct);

        public Task<RuleInfo> AddRuleAsync(DatasetId dataset, AddDatasetRule rule, CancellationToken ct = default) =>
            client.PostAsync($"datasets/{dataset}/rules", Body(rule, HutchJson.Default.AddDatasetRule), HutchJson.Default.RuleInfo, ct);

        /// <summary>Returns the effect of a rule for a dataset without adding it.</summary>
        public Task<RuleEffectInfo> TryRuleAsync(
            DatasetId dataset, AddDatasetRule rule, CancellationToken ct = default) => client.PostAsync(
            $"datasets/{dataset}/rules/trial", Body(rule, HutchJson.Default.AddDatasetRule), HutchJson.Default.RuleEffectInfo, ct);

        public Task<RuleList> GetRulesAsync(CancellationToken ct = default) => client.GetAsync("rules", HutchJson.Default.RuleList, ct);

        public Task<RuleInfo> AddRuleAsync(AddRule rule, CancellationToken ct = default) =>
            client.PostAsync("rules", Body(rule, HutchJson.Default.AddRule), HutchJson.Default.RuleInfo, ct);

        /// <summary>Returns the effect of a rule without adding it.</summary>
        public Task<RuleEffectInfo> TryRuleAsync(AddRule rule, CancellationToken ct = default) =>
            client.PostAsync("rules/trial", Body(rule, HutchJson.Default.AddRule), HutchJson.Default.RuleEffectInfo, ct);

        public Task<RuleEffectInfo> GetRuleAsync(long number, CancellationToken ct = default) =>
            client.GetAsync(RulePath(number), HutchJson.Default.RuleEffectInfo, ct);

        public Task<RuleInfo> RemoveRuleAsync(long number, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, RulePath(number)), repeatable: false, HutchJson.Default.RuleInfo, ct);
    }

    private static string RulePath(long number) => string.Create(CultureInfo.InvariantCulture, $"rules/{number}");
}

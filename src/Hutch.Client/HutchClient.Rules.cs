using System.Globalization;
using Hutch.Contracts;
using Hutch.Model;

namespace Hutch.Client;

/// <content>Rules that say where datasets are.</content>
public sealed partial class HutchClient
{
    public Task<DatasetRules> GetRulesAsync(DatasetId dataset, CancellationToken ct = default) =>
        GetAsync($"datasets/{dataset}/rules", HutchJson.Default.DatasetRules, ct);

    public Task<RuleInfo> AddRuleAsync(DatasetId dataset, AddDatasetRule rule, CancellationToken ct = default) =>
        PostAsync($"datasets/{dataset}/rules", Body(rule, HutchJson.Default.AddDatasetRule), HutchJson.Default.RuleInfo, ct);

    /// <summary>Returns the effect of a rule for a dataset without adding it.</summary>
    public Task<RuleEffectInfo> TryRuleAsync(DatasetId dataset, AddDatasetRule rule, CancellationToken ct = default) => PostAsync(
        $"datasets/{dataset}/rules/trial", Body(rule, HutchJson.Default.AddDatasetRule), HutchJson.Default.RuleEffectInfo, ct);

    public Task<RuleList> GetRulesAsync(CancellationToken ct = default) => GetAsync("rules", HutchJson.Default.RuleList, ct);

    public Task<RuleInfo> AddRuleAsync(AddRule rule, CancellationToken ct = default) =>
        PostAsync("rules", Body(rule, HutchJson.Default.AddRule), HutchJson.Default.RuleInfo, ct);

    /// <summary>Returns the effect of a rule without adding it.</summary>
    public Task<RuleEffectInfo> TryRuleAsync(AddRule rule, CancellationToken ct = default) =>
        PostAsync("rules/trial", Body(rule, HutchJson.Default.AddRule), HutchJson.Default.RuleEffectInfo, ct);

    public Task<RuleEffectInfo> GetRuleAsync(long number, CancellationToken ct = default) =>
        GetAsync(RulePath(number), HutchJson.Default.RuleEffectInfo, ct);

    public Task<RuleInfo> RemoveRuleAsync(long number, CancellationToken ct = default) =>
        CallAsync(() => Request(HttpMethod.Delete, RulePath(number)), repeatable: false, HutchJson.Default.RuleInfo, ct);

    private static string RulePath(long number) => string.Create(CultureInfo.InvariantCulture, $"rules/{number}");
}

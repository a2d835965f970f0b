using Hutch.Model.Placement;
using Hutch.Model.Zone;

namespace Hutch.Zone.Placement;

/// <summary>Rules, as they are looked up for one dataset.</summary>
internal sealed class RulesByScope(IReadOnlyList<RuleRecord> rules)
{
    private readonly ILookup<RuleScope, RuleRecord> _rules = rules.ToLookup(static rule => rule.Scope);

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>The rules that are about a dataset of certain types.</summary>
    public IEnumerable<RuleRecord> For(NameRecord name, IEnumerable<string> types) =>
        IsEmpty ? [] : Scopes(name, types).SelectMany(scope => _rules[scope]);

    private static IEnumerable<RuleScope> Scopes(NameRecord name, IEnumerable<string> types) =>
        [RuleScope.Of(name.Dataset), .. types.Select(RuleScope.OfType), RuleScope.Of(name.Owner.Id), RuleScope.All];
}

using Hutch.Model.Placement;
using Hutch.Model.Zone;

namespace Hutch.Zone.Placement;

/// <summary>
/// Rules, as they are looked up for one dataset. While it is not known what its type inherits from, every <c>serve where</c> rule for a
/// type is about it: what may have to be kept away is kept away.
/// </summary>
internal sealed class RulesByScope(IReadOnlyList<RuleRecord> rules)
{
    private readonly ILookup<RuleScope, RuleRecord> _rules = rules.ToLookup(static rule => rule.Scope);
    private readonly RuleRecord[] _servingTypes =
        [.. rules.Where(static rule => rule.Scope.Kind == RuleScopeKind.Type && rule.Rule.Kind == PlacementRuleKind.Serve)];

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _rules.Count == 0;

    /// <summary>Whether any is for a type.</summary>
    public bool HasTypes { get; } = rules.Any(static rule => rule.Scope.Kind == RuleScopeKind.Type);

    /// <summary>The rules that are about a dataset of a type.</summary>
    public IEnumerable<RuleRecord> For(NameRecord name, TypeLineage type) => IsEmpty
        ? []
        : [.. _rules[RuleScope.Of(name.Dataset)], .. ForType(type), .. _rules[RuleScope.Of(name.Owner.Id)], .. _rules[RuleScope.All]];

    /// <summary>Those of them that are for its type.</summary>
    public IEnumerable<RuleRecord> ForType(TypeLineage type)
    {
        IEnumerable<RuleRecord> named = type.Types.SelectMany(name => _rules[RuleScope.OfType(name)]);
        return type.IsKnown ? named : named.Union(_servingTypes);
    }
}

namespace Hutch.Zone.Replication.Placement;

/// <summary>
/// Rules indexed for lookup by dataset. While the lineage of a dataset's type is unknown, every <c>serve where</c> rule for a type applies
/// to it, so that nothing is served by mistake.
/// </summary>
internal sealed class RulesByScope(IReadOnlyList<RuleRecord> rules)
{
    private readonly ILookup<RuleScope, RuleRecord> _rules = rules.ToLookup(static rule => rule.Scope);
    private readonly RuleRecord[] _servingTypes =
        [.. rules.Where(static rule => rule.Scope.Kind == RuleScopeKind.Type && rule.Rule.Kind == PlacementRuleKind.Serve)];

    public bool IsEmpty => _rules.Count == 0;

    public bool HasTypes { get; } = rules.Any(static rule => rule.Scope.Kind == RuleScopeKind.Type);

    public IEnumerable<RuleRecord> For(NameRecord name, TypeLineage type) => IsEmpty
        ? []
        : [.. _rules[RuleScope.From(name.Dataset)], .. ForType(type), .. _rules[RuleScope.From(name.Owner.Id)], .. _rules[RuleScope.All]];

    /// <summary>Returns the rules for a dataset that does not exist yet.</summary>
    public IEnumerable<RuleRecord> ForNew(PrincipalId owner, TypeLineage type) =>
        IsEmpty ? [] : [.. ForType(type), .. _rules[RuleScope.From(owner)], .. _rules[RuleScope.All]];

    public IEnumerable<RuleRecord> ForType(TypeLineage type)
    {
        IEnumerable<RuleRecord> named = type.Types.SelectMany(name => _rules[RuleScope.OfType(name)]);
        return type.IsKnown ? named : named.Union(_servingTypes);
    }
}

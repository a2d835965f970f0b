namespace Hutch.Model.Placement;

/// <param name="Subject">The id of the dataset, the name of the type, or the id of the owner; empty for all.</param>
public readonly record struct RuleScope(RuleScopeKind Kind, string Subject)
{
    public static RuleScope All { get; } = new(RuleScopeKind.All, "");

    public static RuleScope From(DatasetId dataset) => new(RuleScopeKind.Dataset, dataset.ToString());

    public static RuleScope From(PrincipalId owner) => new(RuleScopeKind.Owner, owner.ToString());

    public static RuleScope OfType(string type) => new(RuleScopeKind.Type, type);

    /// <summary>The dataset; null for a rule about several.</summary>
    public DatasetId? Dataset => Kind == RuleScopeKind.Dataset ? new DatasetId(Guid.Parse(Subject)) : null;
}

public enum RuleScopeKind
{
    Dataset,

    Type,

    Owner,

    All,
}

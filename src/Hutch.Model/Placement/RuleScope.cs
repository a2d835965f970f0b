namespace Hutch.Model.Placement;

/// <summary>Which datasets a rule is about.</summary>
/// <param name="Kind">How they are named.</param>
/// <param name="Subject">The id of the dataset, the name of the type, the id of the owner; empty for all.</param>
public readonly record struct RuleScope(RuleScopeKind Kind, string Subject)
{
    /// <summary>All datasets of the zone.</summary>
    public static RuleScope All { get; } = new(RuleScopeKind.All, "");

    /// <summary>One dataset.</summary>
    public static RuleScope Of(DatasetId dataset) => new(RuleScopeKind.Dataset, dataset.ToString());

    /// <summary>The datasets of an owner.</summary>
    public static RuleScope Of(PrincipalId owner) => new(RuleScopeKind.Owner, owner.ToString());

    /// <summary>The datasets of a type, itself or by inheritance.</summary>
    public static RuleScope OfType(string type) => new(RuleScopeKind.Type, type);

    /// <summary>The dataset; null when it is about more than one.</summary>
    public DatasetId? Dataset => Kind == RuleScopeKind.Dataset ? new DatasetId(Guid.Parse(Subject)) : null;
}

/// <summary>How the datasets are named that a rule is about.</summary>
public enum RuleScopeKind
{
    /// <summary>One dataset, by its id.</summary>
    Dataset,

    /// <summary>Those of a type.</summary>
    Type,

    /// <summary>Those of an owner.</summary>
    Owner,

    /// <summary>All.</summary>
    All,
}

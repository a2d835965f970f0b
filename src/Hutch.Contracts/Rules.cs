using Hutch.Model.Zone;

namespace Hutch.Contracts;

/// <summary>A placement rule.</summary>
public sealed record RuleInfo
{
    public required long Number { get; init; }

    /// <summary>Text, such as <c>2 copies where tier=archive &amp; country=CZ</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Scope: <c>dataset</c>, <c>type</c>, <c>owner</c> or <c>all</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>Id of the dataset, name of the type or of the owner; null for all.</summary>
    public string? Subject { get; init; }

    /// <summary>Automatic end; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>User who created it.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset Created { get; init; }
}

public sealed record RuleList
{
    public required IReadOnlyList<RuleInfo> Items { get; init; }
}

/// <summary>The rules that apply to a dataset.</summary>
public sealed record DatasetRules
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<RuleStanding> Items { get; init; }
}

/// <summary>Status of a rule for a dataset.</summary>
public sealed record RuleStanding
{
    public required RuleInfo Rule { get; init; }

    /// <summary><c>fulfilled</c>, <c>pending</c>, <c>degraded</c> or <c>impossible</c>.</summary>
    public required string State { get; init; }

    /// <summary>Reason, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>
    /// For a pending rule: estimated seconds until it is fulfilled, from the current rate of its copies; null if unknown.
    /// </summary>
    public long? SecondsLeft { get; init; }

    /// <summary>The sites that the rule affects, with the state of each.</summary>
    public required IReadOnlyList<RuleSite> Sites { get; init; }
}

/// <summary>State of a site for a rule.</summary>
public sealed record RuleSite
{
    public required string Site { get; init; }

    /// <summary>The state, as a phrase after its name: <c>has a copy</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Missing files of its copy that none of its source sites can provide; null for none.</summary>
    public CopyFailures? Failures { get; init; }
}

/// <summary>A rule for one dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddDatasetRule
{
    /// <summary>Text, such as <c>1 copy where tier=archive</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>Automatic end. Default: never.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A rule for the datasets of a type or an owner, or for all: exactly one of the three is given.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddRule
{
    /// <summary>Text, such as <c>1 copy where tier=archive</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The type whose datasets it applies to, including types that inherit from it.</summary>
    public string? Type { get; init; }

    /// <summary>The user or group whose datasets it applies to.</summary>
    public string? Owner { get; init; }

    /// <summary>True to apply it to all datasets of the zone.</summary>
    public bool All { get; init; }

    /// <summary>Automatic end. Default: never.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Status of a rule, or its effect if it were added, for all datasets to which it applies.</summary>
public sealed record RuleEffectInfo
{
    /// <summary>The rule; its number is 0 if it was only tried.</summary>
    public required RuleInfo Rule { get; init; }

    /// <summary>Number of datasets to which it applies.</summary>
    public required long Datasets { get; init; }

    public required long Fulfilled { get; init; }

    public required long Pending { get; init; }

    public required long Degraded { get; init; }

    public required long Impossible { get; init; }

    /// <summary>Copies that sites will be asked to make.</summary>
    public required IReadOnlyList<RuleCopies> Copies { get; init; }

    /// <summary>The first datasets for which it is not fulfilled.</summary>
    public required IReadOnlyList<OpenRule> Open { get; init; }
}

/// <summary>Copies that a site will be asked to make.</summary>
public sealed record RuleCopies
{
    public required string Site { get; init; }

    public required long Copies { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Estimated seconds, from the last transfer rates between the homes and this site; null if unknown.</summary>
    public long? Seconds { get; init; }
}

/// <summary>A dataset for which a rule is not fulfilled.</summary>
public sealed record OpenRule
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>pending</c>, <c>degraded</c> or <c>impossible</c>.</summary>
    public required string State { get; init; }

    /// <summary>Reason, in a sentence.</summary>
    public required string Summary { get; init; }
}

using System.Text.Json.Serialization;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Contracts;

/// <summary>A rule that says where datasets are.</summary>
public sealed record RuleInfo
{
    public required long Number { get; init; }

    /// <summary>Such as <c>2 copies where tier=archive &amp; country=CZ</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What it is about: <c>dataset</c>, <c>type</c>, <c>owner</c> or <c>all</c>.</summary>
    public required string Scope { get; init; }

    /// <summary>Id of the dataset, name of the type or of the owner; null for all.</summary>
    public string? Subject { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset Created { get; init; }
}

/// <summary>Rules.</summary>
public sealed record RuleList
{
    public required IReadOnlyList<RuleInfo> Items { get; init; }
}

/// <summary>The rules that are about a dataset.</summary>
public sealed record DatasetRules
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<RuleStanding> Items { get; init; }
}

/// <summary>How a rule stands for a dataset.</summary>
public sealed record RuleStanding
{
    public required RuleInfo Rule { get; init; }

    /// <summary><c>fulfilled</c>, <c>pending</c>, <c>degraded</c> or <c>impossible</c>.</summary>
    public required string State { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Of one that is pending: seconds until it is fulfilled, as fast as its copies come now; null where nobody knows.</summary>
    public long? SecondsLeft { get; init; }

    /// <summary>The sites that the rule is about, and how each stands to it.</summary>
    public required IReadOnlyList<RuleSite> Sites { get; init; }
}

/// <summary>How a site stands to a rule.</summary>
public sealed record RuleSite
{
    public required string Site { get; init; }

    /// <summary>Words that continue its name: <c>has a copy</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Files that its copy lacks, as no site has them from which it comes; null for none.</summary>
    public CopyFailures? Failures { get; init; }
}

/// <summary>A rule for one dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddDatasetRule
{
    /// <summary>Such as <c>1 copy where tier=archive</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>When it ends by itself. Default: never.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A rule for the datasets of a type or an owner, or for all: one of the three is named.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AddRule
{
    /// <summary>Such as <c>1 copy where tier=archive</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The type whose datasets it is about, with those that inherit from it.</summary>
    public string? Type { get; init; }

    /// <summary>The user or group whose datasets it is about.</summary>
    public string? Owner { get; init; }

    /// <summary>Whether it is about all datasets of the zone.</summary>
    public bool All { get; init; }

    /// <summary>When it ends by itself. Default: never.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>How a rule stands, or would stand, for all datasets that it is about.</summary>
public sealed record RuleEffectInfo
{
    /// <summary>The rule; its number is 0 when it was only tried.</summary>
    public required RuleInfo Rule { get; init; }

    /// <summary>How many datasets it is about.</summary>
    public required long Datasets { get; init; }

    public required long Fulfilled { get; init; }

    public required long Pending { get; init; }

    public required long Degraded { get; init; }

    public required long Impossible { get; init; }

    /// <summary>Copies that sites will be asked for.</summary>
    public required IReadOnlyList<RuleCopies> Copies { get; init; }

    /// <summary>The first datasets for which it is not fulfilled.</summary>
    public required IReadOnlyList<OpenRule> Open { get; init; }
}

/// <summary>Copies that a site will be asked for.</summary>
public sealed record RuleCopies
{
    public required string Site { get; init; }

    public required long Copies { get; init; }

    public required long Bytes { get; init; }

    /// <summary>
    /// How long they take, in seconds, as fast as something last came there from the sites that are their homes; null where nobody knows.
    /// </summary>
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

    /// <summary>Why, in a sentence.</summary>
    public required string Summary { get; init; }
}

using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>Gives everything of an account to another.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HandOver
{
    /// <summary>Login name of the heir, or `@GROUP`.</summary>
    public required string To { get; init; }
}

/// <summary>What was handed over.</summary>
public sealed record HandOverInfo
{
    /// <summary>How many datasets have the heir as their owner now.</summary>
    public required int Datasets { get; init; }

    /// <summary>How many rights on datasets of others the heir has now.</summary>
    public required int Grants { get; init; }

    /// <summary>How many share links stand in the heir's name now.</summary>
    public required int Links { get; init; }

    /// <summary>How many invites stand in the heir's name now.</summary>
    public required int Invites { get; init; }

    /// <summary>Of how many groups, which would have no manager any more, the heir is one now.</summary>
    public required int Groups { get; init; }
}

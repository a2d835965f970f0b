using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>An account.</summary>
public sealed record UserInfo
{
    /// <summary>Login name.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Where mail goes.</summary>
    public string? Email { get; init; }

    /// <summary>Roles of the account.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Whether every token of the account is refused.</summary>
    public bool Disabled { get; init; }

    /// <summary>How many datasets it owns.</summary>
    public long Datasets { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>Asks for an account.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateUser
{
    /// <summary>Login name: lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Where mail goes.</summary>
    public string? Email { get; init; }

    /// <summary>Roles; <c>user</c> when absent.</summary>
    public IReadOnlyList<string>? Roles { get; init; }
}

/// <summary>A new account and its first token, which is shown only here.</summary>
public sealed record CreatedUser
{
    /// <summary>Login name.</summary>
    public required string Name { get; init; }

    /// <summary>The secret: give it to the person over a safe channel.</summary>
    public required string Token { get; init; }
}

/// <summary>Changes an account; what is absent stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchUser
{
    /// <summary>Refuse, or take again, every token of the account.</summary>
    public bool? Disabled { get; init; }

    /// <summary>The roles it has from now on.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Name for people; empty clears it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Where mail goes; empty clears it.</summary>
    public string? Email { get; init; }
}

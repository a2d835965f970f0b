using Hutch.Model;

namespace Hutch.Zone.Accounts;

/// <summary>What to change about an account; null stays.</summary>
public sealed record AccountPatch
{
    /// <summary>Refuse, or take again, every token of the account.</summary>
    public bool? Disabled { get; init; }

    /// <summary>The roles it has from now on; the role user is always among them.</summary>
    public IReadOnlyCollection<Role>? Roles { get; init; }

    /// <summary>Name for people; empty clears it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Where mail goes; empty clears it.</summary>
    public string? Email { get; init; }

    /// <summary>
    /// Whether it was made sure that the owner of the account asks (at the login). Without it, nobody
    /// changes the mail address of their own account: who finds a token or an open session could reset the password by it.
    /// </summary>
    public bool OwnerConfirmed { get; init; }
}

using Hutch.Model;

namespace Hutch.Zone.Grants;

public sealed record InviteRequest
{
    /// <summary>On a dataset: the right it gives.</summary>
    public Rights Right { get; init; } = Rights.Read;

    /// <summary>In a group: whether it makes managers.</summary>
    public bool Manager { get; init; }

    /// <summary>How long it is good; null for a week.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>How many accounts may accept it.</summary>
    public int MaxUses { get; init; } = 1;

    /// <summary>A line for who gets it.</summary>
    public string? Note { get; init; }

    /// <summary>Where to mail it; null for nowhere.</summary>
    public string? Email { get; init; }
}

namespace Hutch.Model;

/// <summary>The identity of a user or a group: a UUID that stays when the name changes. Written in lower case with dashes.</summary>
/// <param name="Value">The UUID.</param>
public readonly record struct PrincipalId(Guid Value) : IComparable<PrincipalId>
{
    /// <summary>Reads a UUID with dashes.</summary>
    public static bool TryParse(string? text, out PrincipalId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid value);
        id = new PrincipalId(value);
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(PrincipalId other) => Value.CompareTo(other.Value);

    /// <summary>The UUID with dashes, lower case.</summary>
    public override string ToString() => Value.ToString("D");

    /// <summary>Order by value.</summary>
    public static bool operator <(PrincipalId left, PrincipalId right) => left.CompareTo(right) < 0;

    /// <summary>Order by value.</summary>
    public static bool operator <=(PrincipalId left, PrincipalId right) => left.CompareTo(right) <= 0;

    /// <summary>Order by value.</summary>
    public static bool operator >(PrincipalId left, PrincipalId right) => left.CompareTo(right) > 0;

    /// <summary>Order by value.</summary>
    public static bool operator >=(PrincipalId left, PrincipalId right) => left.CompareTo(right) >= 0;
}

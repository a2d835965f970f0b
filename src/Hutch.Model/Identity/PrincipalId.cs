namespace Hutch.Model;

/// <summary>The id of a user or a group: a UUID that stays when the name changes. Written in lower case with dashes.</summary>
public readonly record struct PrincipalId(Guid Value) : IComparable<PrincipalId>
{
    public static bool TryParse(string? text, out PrincipalId id)
    {
        bool ok = Guid.TryParseExact(text, "D", out Guid value);
        id = new PrincipalId(value);
        return ok;
    }

    public int CompareTo(PrincipalId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("D");

    public static bool operator <(PrincipalId left, PrincipalId right) => left.CompareTo(right) < 0;

    public static bool operator <=(PrincipalId left, PrincipalId right) => left.CompareTo(right) <= 0;

    public static bool operator >(PrincipalId left, PrincipalId right) => left.CompareTo(right) > 0;

    public static bool operator >=(PrincipalId left, PrincipalId right) => left.CompareTo(right) >= 0;
}

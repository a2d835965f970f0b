using System.Numerics;

namespace Hutch.Model;

public static class RightsExtensions
{
    /// <summary>The single rights from the lowest to the highest.</summary>
    public static IReadOnlyList<Rights> Ladder { get; } = [Rights.View, Rights.Read, Rights.Derive, Rights.Write, Rights.Manage];

    /// <summary>Adds every right that the given ones include: all below the highest.</summary>
    public static Rights WithImplied(this Rights rights) =>
        (Rights)((1u << BitOperations.Log2((uint)(rights & Rights.All) << 1)) - 1u);

    /// <summary>Returns true if these rights include all wanted ones, directly or by the ladder.</summary>
    public static bool Includes(this Rights rights, Rights wanted) => (wanted & ~rights.WithImplied()) == 0;

    public static Rights Highest(this Rights rights)
    {
        uint bits = (uint)(rights & Rights.All);
        return bits == 0 ? Rights.None : (Rights)(1u << BitOperations.Log2(bits));
    }

    /// <summary>
    /// The stable name of the highest right: <c>view</c>, <c>read</c>, <c>derive</c>, <c>write</c>, <c>manage</c> or <c>none</c>.
    /// </summary>
    public static string ToName(this Rights rights) => rights.Highest() switch
    {
        Rights.View => "view",
        Rights.Read => "read",
        Rights.Derive => "derive",
        Rights.Write => "write",
        Rights.Manage => "manage",
        _ => "none",
    };

    public static Result<Rights> ParseRight(string text)
    {
        foreach (Rights right in Ladder)
        {
            if (string.Equals(right.ToName(), text, StringComparison.Ordinal))
            {
                return right;
            }
        }

        return ErrorCode.InvalidName.With($"{Display.Quote(text)} is not a right: use view, read, derive, write or manage.");
    }

    public static TokenScopes RequiredScope(this Rights right) => right.Highest() switch
    {
        Rights.View or Rights.Read => TokenScopes.Read,
        Rights.Derive or Rights.Write => TokenScopes.Write,
        Rights.Manage => TokenScopes.Manage,
        _ => TokenScopes.None,
    };
}

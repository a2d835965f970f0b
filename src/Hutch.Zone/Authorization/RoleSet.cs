using System.Numerics;

namespace Hutch.Zone.Authorization;

/// <summary>A set of roles, as a value that is cheap to compare and intersect.</summary>
public readonly record struct RoleSet
{
    private readonly uint _bits;

    private RoleSet(uint bits) => _bits = bits;

    public static RoleSet None => default;

    public static RoleSet All { get; } = From([.. RoleNames.All]);

    public bool IsEmpty => _bits == 0;

    public int Count => BitOperations.PopCount(_bits);

    public static RoleSet From(params ReadOnlySpan<Role> roles)
    {
        uint bits = 0;
        foreach (Role role in roles)
        {
            bits |= 1u << (int)role;
        }

        return new RoleSet(bits);
    }

    public bool Contains(Role role) => (_bits & (1u << (int)role)) != 0;

    public bool Intersects(RoleSet other) => (_bits & other._bits) != 0;

    public RoleSet Union(RoleSet other) => new(_bits | other._bits);

    public RoleSet Without(Role role) => new(_bits & ~(1u << (int)role));

    public IReadOnlyList<Role> ToList()
    {
        RoleSet self = this;
        return [.. RoleNames.All.Where(self.Contains)];
    }

    /// <summary>Returns the names of the roles, separated by commas, or <c>-</c>.</summary>
    public override string ToString() => IsEmpty ? "-" : string.Join(", ", ToList().Select(r => r.ToName()));
}

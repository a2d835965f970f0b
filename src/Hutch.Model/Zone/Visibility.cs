namespace Hutch.Model.Zone;

/// <summary>What everybody may do with a dataset.</summary>
/// <param name="Right">None for a private dataset; view, read or derive for a public one.</param>
/// <param name="From">The start; null for at once.</param>
public sealed record Visibility(Rights Right, DateTimeOffset? From)
{
    /// <summary>Only the owner, and those who were granted a right.</summary>
    public static Visibility Private { get; } = new(Rights.None, null);

    /// <summary>Everybody may view, read and derive.</summary>
    public static Visibility Public { get; } = new(Rights.Derive, null);

    /// <summary>Private until the embargo ends, public afterwards.</summary>
    public static Visibility PublicAfter(DateTimeOffset from) => new(Rights.Derive, from);

    /// <summary>What everybody may do at this time.</summary>
    public Rights At(DateTimeOffset now) => From is null || From <= now ? Right.WithImplied() : Rights.None;
}

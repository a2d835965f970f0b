namespace Hutch.Model.Zone;

/// <param name="Right">None for a private dataset; view, read or derive for a public one.</param>
/// <param name="From">The start; null for at once.</param>
public sealed record Visibility(Rights Right, DateTimeOffset? From)
{
    /// <summary>Only the owner and holders of grants have rights.</summary>
    public static Visibility Private { get; } = new(Rights.None, null);

    /// <summary>Everyone can view, read and derive.</summary>
    public static Visibility Public { get; } = new(Rights.Derive, null);

    /// <summary>Private until the embargo ends, then public.</summary>
    public static Visibility PublicAfter(DateTimeOffset from) => new(Rights.Derive, from);

    public Rights At(DateTimeOffset now) => From is null || From <= now ? Right.WithImplied() : Rights.None;
}

using System.Diagnostics.CodeAnalysis;

namespace Hutch.Storage;

/// <summary>
/// A line of segments with one open end and one writer. What ends together is kept together: the journal and small blobs in
/// <see cref="Main"/>, extents of large blobs in <see cref="Bulk"/>, transient data in a lane of its day (<see cref="Until"/>).
/// </summary>
public readonly record struct Lane
{
    private const string UntilPrefix = "until-";
    private const string DateFormat = "yyyy-MM-dd";

    private readonly string? _name;

    private Lane(string name, DateOnly? expires)
    {
        _name = name;
        Expires = expires;
    }

    /// <summary>Small blobs and the journal.</summary>
    public static Lane Main { get; } = new("main", null);

    /// <summary>Extents of large blobs.</summary>
    public static Lane Bulk { get; } = new("bulk", null);

    /// <summary>The name as in the names of segment files: <c>main</c>, <c>bulk</c> or <c>until-2026-11-25</c>.</summary>
    public string Name => _name ?? "main";

    /// <summary>For a transient lane: the last day on which its data are wanted (UTC). Null for a lane that stays.</summary>
    public DateOnly? Expires { get; }

    /// <summary>True if the data of this lane expire. Deduplication must not refer to them.</summary>
    public bool IsTransient => Expires is not null;

    /// <summary>The lane of data that are dropped after a day.</summary>
    public static Lane Until(DateOnly day) => new(UntilPrefix + day.ToString(DateFormat, CultureInfo.InvariantCulture), day);

    public static bool TryParse([NotNullWhen(true)] string? name, out Lane lane)
    {
        lane = Main;
        if (name == Bulk.Name)
        {
            lane = Bulk;
        }
        else if (name is not null && name.StartsWith(UntilPrefix, StringComparison.Ordinal)
            && DateOnly.TryParseExact(
                name.AsSpan(UntilPrefix.Length), DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            lane = Until(day);
        }
        else if (name != Main.Name)
        {
            return false;
        }

        return true;
    }

    public override string ToString() => Name;

    public bool Equals(Lane other) => Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}

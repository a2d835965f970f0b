namespace Hutch.Catalog.Search;

/// <summary>What datasets are compared by: an attribute of their type, or one of what every dataset has.</summary>
/// <param name="Name">The name of the attribute. What every dataset has begins with a colon, which no attribute does.</param>
/// <param name="Dimension">
/// What a number measures, by the unit of the SI; other words for what has none. Empty for a text.
/// </param>
public readonly record struct SearchField(string Name, string Dimension)
{
    /// <summary>The dimension of times: seconds since 1970.</summary>
    public const string Time = "time";

    /// <summary>The dimension of what is true, 1, or false, 0.</summary>
    public const string Flag = "boolean";

    /// <summary>The name of the user or group that owns the dataset.</summary>
    public static SearchField Owner { get; } = new(":owner", "");

    /// <summary>Open or closed.</summary>
    public static SearchField State { get; } = new(":state", "");

    /// <summary>Original, derived or following.</summary>
    public static SearchField Kind { get; } = new(":kind", "");

    /// <summary>Private, embargoed or public.</summary>
    public static SearchField Visibility { get; } = new(":visibility", "");

    /// <summary>Its type, without those that the type inherits from.</summary>
    public static SearchField Type { get; } = new(":type", "");

    /// <summary>
    /// Its type and those that the type inherits from, as a search for a type finds them; without the one at the top, of which all are.
    /// </summary>
    public static SearchField Family { get; } = new(":family", "");

    /// <summary>When it was created, seconds since 1970.</summary>
    public static SearchField Created { get; } = new(":created", Time);
}

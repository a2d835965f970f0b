namespace Hutch.Catalog.Search;

/// <summary>A field by which datasets are compared: an attribute of their type, or a property of every dataset.</summary>
/// <param name="Name">The name of the attribute. Names of common properties begin with a colon, which no attribute does.</param>
/// <param name="Dimension">The dimension of a number, by the SI unit; other words for numbers without one. Empty for a text.</param>
public readonly record struct SearchField(string Name, string Dimension)
{
    /// <summary>The dimension of times: seconds since 1970.</summary>
    public const string Time = "time";

    /// <summary>The dimension of a truth value: 1 for true, 0 for false.</summary>
    public const string Flag = "boolean";

    /// <summary>The name of the user or group that owns the dataset.</summary>
    public static SearchField Owner { get; } = new(":owner", "");

    /// <summary>Open or closed.</summary>
    public static SearchField State { get; } = new(":state", "");

    /// <summary>Original, derived or following.</summary>
    public static SearchField Kind { get; } = new(":kind", "");

    /// <summary>Private, embargoed or public.</summary>
    public static SearchField Visibility { get; } = new(":visibility", "");

    /// <summary>Its type, without inherited types.</summary>
    public static SearchField Type { get; } = new(":type", "");

    /// <summary>
    /// Its type and the types that this one inherits from, as a search for a type finds them; without the top type, which all have.
    /// </summary>
    public static SearchField Family { get; } = new(":family", "");

    /// <summary>The time of its creation, in seconds since 1970.</summary>
    public static SearchField Created { get; } = new(":created", Time);

    /// <summary>The time of its publication, in seconds since 1970; counted by years.</summary>
    public static SearchField Published { get; } = new(":published", Time);
}

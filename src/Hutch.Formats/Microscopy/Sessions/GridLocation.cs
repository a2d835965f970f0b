namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>A place on a grid.</summary>
public sealed record GridLocation
{
    /// <summary>Unique in the table.</summary>
    public required string Id { get; init; }

    public required LocationKind Kind { get; init; }

    /// <summary>The square of a hole; the map on which an item of the navigator was drawn.</summary>
    public string? Parent { get; init; }

    public required string Name { get; init; }

    public string? State { get; init; }

    /// <summary>On the stage, in µm.</summary>
    public StagePosition? Stage { get; init; }

    /// <summary>In the picture of the atlas or of the square, in pixels from the left.</summary>
    public double? X { get; init; }

    /// <summary>In the picture of the atlas or of the square, in pixels from the top.</summary>
    public double? Y { get; init; }

    /// <summary>The atlas of a square with X and Y.</summary>
    public string? AtlasFile { get; init; }

    /// <summary>The path of the picture of the place itself.</summary>
    public string? Picture { get; init; }

    /// <summary>Pixels of that picture from left to right, for the X of the places in it.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels of that picture from top to bottom.</summary>
    public int? Height { get; init; }

    /// <summary>The number of exposures here, with those in the holes of a square.</summary>
    public int Exposures { get; init; }
}

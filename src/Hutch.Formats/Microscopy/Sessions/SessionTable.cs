namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>The sessions of a microscope in one dataset, joined from its files. It is derived, and never stored.</summary>
public sealed record SessionTable
{
    /// <summary>The sessions of EPU, by their folders; SerialEM's files name none.</summary>
    public required IReadOnlyList<RecordedSession> Sessions { get; init; }

    /// <summary>Squares, holes and items of the navigator. Those of one parent are one after the other.</summary>
    public required IReadOnlyList<Place> Places { get; init; }

    public required IReadOnlyList<TiltSeries> Series { get; init; }

    /// <summary>The exposures by their time; those without one come last.</summary>
    public required IReadOnlyList<Exposure> Exposures { get; init; }

    public required IReadOnlyList<Remark> Remarks { get; init; }

    public bool IsEmpty => Sessions.Count + Places.Count + Series.Count + Exposures.Count == 0;
}

/// <summary>A session of EPU.</summary>
/// <param name="Folder">The folder with its <c>EpuSession.dm</c>; empty at the top of the dataset.</param>
/// <param name="MovieFormat">The format of movies, in EPU's words.</param>
public sealed record RecordedSession(string Folder, string? Name, DateTime? Started, string? MovieFormat, Atlas? Atlas);

/// <summary>The overview of a grid.</summary>
/// <param name="File">The path of its <c>Atlas.dm</c>.</param>
/// <param name="Picture">The path of its picture.</param>
/// <param name="Width">Pixels of the coordinates of its places, from left to right.</param>
/// <param name="Height">Pixels of the coordinates of its places, from top to bottom.</param>
public sealed record Atlas(string File, string? Picture, double? Width, double? Height);

public enum PlaceKind
{
    Square,
    Hole,
    Map,
    Polygon,
    Point,
}

/// <summary>A place on a grid.</summary>
public sealed record Place
{
    /// <summary>Unique in the table.</summary>
    public required string Id { get; init; }

    public required PlaceKind Kind { get; init; }

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

/// <summary>The exposures of one .mdoc at several tilts.</summary>
public sealed record TiltSeries
{
    /// <summary>The path of its .mdoc.</summary>
    public required string File { get; init; }

    /// <summary>The path of the stack of its images.</summary>
    public string? Stack { get; init; }

    /// <summary>In degrees.</summary>
    public double? TiltAxis { get; init; }

    /// <summary>The number of its exposures.</summary>
    public required int Tilts { get; init; }

    /// <summary>In degrees.</summary>
    public double? LeastTilt { get; init; }

    /// <summary>In degrees.</summary>
    public double? GreatestTilt { get; init; }

    /// <summary>Of all its exposures together, in e/Å²; null unless each states its dose.</summary>
    public double? Dose { get; init; }
}

/// <summary>The knowledge about the correction of a movie for the gain of its camera.</summary>
public enum GainState
{
    /// <summary>No file states a reference with its size and orientation: the movie counts as not corrected.</summary>
    NotCorrected,

    /// <summary>A reference is named, with the size and orientation that a correction needs.</summary>
    ReferenceStated,

    /// <summary>The session says that its movies are corrected.</summary>
    Corrected,
}

/// <summary>One exposure: a row of the table. A number that no file states, or that two files state differently, is null.</summary>
public sealed record Exposure
{
    /// <summary>Unique in the table.</summary>
    public required string Id { get; init; }

    /// <summary>The path of its movie; null if there is none, or if several could be it.</summary>
    public string? Movie { get; init; }

    /// <summary>The path of the file with its numbers.</summary>
    public string? Metadata { get; init; }

    /// <summary>The path of the picture of the sum of its frames.</summary>
    public string? Picture { get; init; }

    /// <summary>The id of its square.</summary>
    public string? Square { get; init; }

    /// <summary>The id of its hole, or of its item of the navigator.</summary>
    public string? Place { get; init; }

    /// <summary>The .mdoc of its tilt series.</summary>
    public string? Series { get; init; }

    /// <summary>Its number in the series.</summary>
    public int? Number { get; init; }

    /// <summary>As UTC; of no kind if the file states no zone.</summary>
    public DateTime? Acquired { get; init; }

    /// <summary>In degrees.</summary>
    public double? Tilt { get; init; }

    /// <summary>In Å.</summary>
    public double? PixelSize { get; init; }

    /// <summary>In e/Å².</summary>
    public double? Dose { get; init; }

    /// <summary>
    /// The dose of the series up to the end of this exposure, in e/Å². It goes by the time of the exposures, not by their angles.
    /// </summary>
    public double? AccumulatedDose { get; init; }

    /// <summary>In µm, below 0 is underfocus.</summary>
    public double? TargetDefocus { get; init; }

    /// <summary>The defocus that the microscope reports, in µm.</summary>
    public double? Defocus { get; init; }

    /// <summary>In s.</summary>
    public double? Duration { get; init; }

    public int? Frames { get; init; }

    /// <summary>In kV.</summary>
    public double? Voltage { get; init; }

    public double? Magnification { get; init; }

    public StagePosition? Stage { get; init; }

    public GainState Gain { get; init; }
}

/// <summary>A note on something that was not read or joined.</summary>
/// <param name="Path">The file in question.</param>
public sealed record Remark(string Message, string? Path);

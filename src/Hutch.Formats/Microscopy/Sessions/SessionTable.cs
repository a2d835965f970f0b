namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>The sessions of a microscope in one dataset, joined from its files. It is derived, and never stored.</summary>
public sealed record SessionTable
{
    /// <summary>The sessions of EPU, by their folders; SerialEM's files name none.</summary>
    public required IReadOnlyList<RecordedSession> Sessions { get; init; }

    /// <summary>Squares, holes and items of the navigator. Those of one parent are one after the other.</summary>
    public required IReadOnlyList<GridLocation> Places { get; init; }

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

public enum LocationKind
{
    Square,
    Hole,
    Map,
    Polygon,
    Point,
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

/// <summary>A note on something that was not read or joined.</summary>
/// <param name="Path">The file in question.</param>
public sealed record Remark(string Message, string? Path);

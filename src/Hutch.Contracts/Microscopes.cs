namespace Hutch.Contracts;

/// <summary>The sessions at a microscope in a dataset, as the files of EPU and SerialEM in it say.</summary>
public sealed record MicroscopeInfo
{
    /// <summary>Sessions of EPU.</summary>
    public required IReadOnlyList<MicroscopeSessionInfo> Sessions { get; init; }

    /// <summary>Tilt series, the first 1000 by path.</summary>
    public required IReadOnlyList<TiltSeriesInfo> Series { get; init; }

    public required MicroscopeCounts Counts { get; init; }

    /// <summary>Files that could not be read or joined.</summary>
    public required IReadOnlyList<MicroscopeRemark> Remarks { get; init; }
}

/// <summary>Counts of each kind.</summary>
public sealed record MicroscopeCounts
{
    public required int Squares { get; init; }

    public required int Holes { get; init; }

    /// <summary>Maps, polygons and points of SerialEM's navigator.</summary>
    public required int Items { get; init; }

    public required int Series { get; init; }

    public required int Exposures { get; init; }

    /// <summary>Exposures with a movie.</summary>
    public required int Movies { get; init; }
}

/// <summary>A session of EPU.</summary>
public sealed record MicroscopeSessionInfo
{
    /// <summary>Folder of the session in the dataset; empty for the top.</summary>
    public required string Folder { get; init; }

    public string? Name { get; init; }

    /// <summary>Start, in UTC.</summary>
    public string? Started { get; init; }

    /// <summary>Format of the movies, in the words of EPU.</summary>
    public string? MovieFormat { get; init; }

    public AtlasInfo? Atlas { get; init; }
}

/// <summary>The overview of a grid.</summary>
public sealed record AtlasInfo
{
    /// <summary>Path of its description.</summary>
    public required string File { get; init; }

    /// <summary>Path of its picture.</summary>
    public string? Picture { get; init; }

    /// <summary>Width for the positions of squares, in pixels.</summary>
    public double? Width { get; init; }

    /// <summary>Height for the positions of squares, in pixels.</summary>
    public double? Height { get; init; }
}

/// <summary>Exposures at several tilts.</summary>
public sealed record TiltSeriesInfo
{
    /// <summary>Path of its .mdoc, which is also its id.</summary>
    public required string File { get; init; }

    /// <summary>Path of the stack of its images.</summary>
    public string? Stack { get; init; }

    /// <summary>Angle of the tilt axis in the image, in degrees.</summary>
    public double? TiltAxis { get; init; }

    /// <summary>Number of exposures.</summary>
    public required int Tilts { get; init; }

    /// <summary>In degrees.</summary>
    public double? LeastTilt { get; init; }

    /// <summary>In degrees.</summary>
    public double? GreatestTilt { get; init; }

    /// <summary>Dose of all exposures, in e/Å²; absent unless each states its own.</summary>
    public double? Dose { get; init; }
}

/// <summary>A note on a file that could not be read or joined.</summary>
public sealed record MicroscopeRemark
{
    public required string Message { get; init; }

    /// <summary>Path of the file.</summary>
    public string? Path { get; init; }
}

/// <summary>A place on a grid.</summary>
public sealed record MicroscopePlace
{
    public required string Id { get; init; }

    /// <summary>One of `square`, `hole`, `map`, `polygon` and `point`.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of the square of a hole, or of the map on which an item was drawn.</summary>
    public string? Parent { get; init; }

    public required string Name { get; init; }

    /// <summary>In the words of the program.</summary>
    public string? State { get; init; }

    /// <summary>On the stage, in µm.</summary>
    public double? StageX { get; init; }

    /// <summary>On the stage, in µm.</summary>
    public double? StageY { get; init; }

    /// <summary>On the stage, in µm.</summary>
    public double? StageZ { get; init; }

    /// <summary>Pixels from the left of the picture of the atlas, or of the square.</summary>
    public double? X { get; init; }

    /// <summary>Pixels from the top of the picture of the atlas, or of the square.</summary>
    public double? Y { get; init; }

    /// <summary>The atlas of X and Y of a square.</summary>
    public string? Atlas { get; init; }

    /// <summary>Path of the picture of the place.</summary>
    public string? Picture { get; init; }

    /// <summary>Width for the positions of places in that picture, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Height for the positions of places in that picture, in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Number of exposures here.</summary>
    public required int Exposures { get; init; }
}

/// <summary>An exposure with its movie. A number is absent if no file states it, or if two files contradict each other.</summary>
public sealed record MicroscopeMovie
{
    public required string Id { get; init; }

    /// <summary>Path of the movie; absent if there is none, or if several files could be it.</summary>
    public string? Movie { get; init; }

    /// <summary>Path of the file with its numbers.</summary>
    public string? Metadata { get; init; }

    /// <summary>Path of the picture of the sum of its frames.</summary>
    public string? Picture { get; init; }

    /// <summary>Id of its square.</summary>
    public string? Square { get; init; }

    /// <summary>Id of its hole, or of its item of the navigator.</summary>
    public string? Place { get; init; }

    /// <summary>The .mdoc of its tilt series.</summary>
    public string? Series { get; init; }

    /// <summary>Number in the series.</summary>
    public int? Number { get; init; }

    /// <summary>Time, with `Z` in UTC; without it, in the unknown zone of the microscope.</summary>
    public string? Acquired { get; init; }

    /// <summary>In degrees.</summary>
    public double? Tilt { get; init; }

    /// <summary>Side of a pixel of the image, in Å. The movie may have smaller ones.</summary>
    public double? PixelSize { get; init; }

    /// <summary>In e/Å².</summary>
    public double? Dose { get; init; }

    /// <summary>Dose of the series to the end of this exposure, by time, in e/Å².</summary>
    public double? AccumulatedDose { get; init; }

    /// <summary>Defocus that was aimed at, in µm; negative is underfocus.</summary>
    public double? TargetDefocus { get; init; }

    /// <summary>Defocus that the microscope reports, in µm.</summary>
    public double? Defocus { get; init; }

    /// <summary>Time of exposure, in s.</summary>
    public double? Exposure { get; init; }

    public int? Frames { get; init; }

    /// <summary>In kV.</summary>
    public double? Voltage { get; init; }

    public double? Magnification { get; init; }

    /// <summary>On the stage, in µm.</summary>
    public double? StageX { get; init; }

    /// <summary>On the stage, in µm.</summary>
    public double? StageY { get; init; }

    /// <summary>
    /// `corrected`: the session says that the movie is corrected for the gain. `stated`: a reference with its size and orientation is
    /// named. `none` otherwise: it counts as not corrected.
    /// </summary>
    public required string Gain { get; init; }
}

namespace Hutch.Formats.Microscopy.Sessions;

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

namespace Hutch.Formats.Microscopy;

/// <summary>One image of an .mdoc, in the units of the field, which are those of the file.</summary>
public sealed record MdocExposure
{
    /// <summary>Its number in the stack, or in the file.</summary>
    public required int Number { get; init; }

    /// <summary>In degrees.</summary>
    public double? Tilt { get; init; }

    /// <summary>The side of a pixel of the image, in Å: the frames of its movie may have smaller ones.</summary>
    public double? PixelSize { get; init; }

    /// <summary>In e/Å².</summary>
    public double? Dose { get; init; }

    /// <summary>In µm; below 0 is underfocus.</summary>
    public double? TargetDefocus { get; init; }

    /// <summary>The defocus that the microscope reports, in µm.</summary>
    public double? Defocus { get; init; }

    /// <summary>In s.</summary>
    public double? Exposure { get; init; }

    public int? Frames { get; init; }

    /// <summary>In kV.</summary>
    public double? Voltage { get; init; }

    public double? Magnification { get; init; }

    public StagePosition? Stage { get; init; }

    public DateTime? Acquired { get; init; }

    /// <summary>The path of the movie on the computer that wrote it; often one of Windows.</summary>
    public string? Movie { get; init; }

    /// <summary>The label of the item of the navigator at which it was taken.</summary>
    public string? NavigatorLabel { get; init; }

    public string? GainReference { get; init; }

    public bool HasGainSize { get; init; }

    /// <summary>True if the file states how the frames are turned against the gain reference.</summary>
    public bool HasGainOrientation { get; init; }
}

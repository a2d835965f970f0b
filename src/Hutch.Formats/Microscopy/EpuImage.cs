namespace Hutch.Formats.Microscopy;

/// <summary>
/// The numbers of one image, in EPU's XML beside it (root <c>MicroscopeImage</c>, schema Fei.SharedObjects). There is no published
/// specification: the elements are those of files of EPU 3.7 and 3.9, and of Tomography 5.
/// </summary>
public sealed record EpuImage
{
    /// <summary>The end of the exposure.</summary>
    public DateTime? Acquired { get; init; }

    /// <summary>The side of a pixel of the summed image at the sample, in Å. A movie in super-resolution has smaller ones.</summary>
    public double? PixelSize { get; init; }

    /// <summary>The dose of the exposure at the sample, in e/Å².</summary>
    public double? Dose { get; init; }

    /// <summary>The defocus that EPU aimed at, in µm: below 0 is underfocus.</summary>
    public double? TargetDefocus { get; init; }

    /// <summary>The defocus that the microscope reports, in µm.</summary>
    public double? Defocus { get; init; }

    /// <summary>The tilt of the stage in degrees.</summary>
    public double? Tilt { get; init; }

    /// <summary>The time of exposure in s.</summary>
    public double? Exposure { get; init; }

    /// <summary>The number of fractions of the movie.</summary>
    public int? Frames { get; init; }

    public StagePosition? Stage { get; init; }

    /// <summary>The voltage in kV.</summary>
    public double? Voltage { get; init; }

    public double? Magnification { get; init; }

    /// <summary>The camera's own name, such as BioQuantum K3; otherwise its name at the microscope.</summary>
    public string? Camera { get; init; }

    /// <summary>The pixels that were read, from left to right.</summary>
    public int? Width { get; init; }

    /// <summary>The pixels that were read, from top to bottom.</summary>
    public int? Height { get; init; }

    /// <summary>The gain reference that the file names.</summary>
    public string? GainReference { get; init; }

    /// <summary>The program that wrote it, with its version.</summary>
    public string? Program { get; init; }

    /// <exception cref="HutchException">It is no XML of an image.</exception>
    public static EpuImage Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var values = new EpuImageValues();
        XmlValues.Read(name, bytes, values);
        return values.Root == "MicroscopeImage"
            ? values.Image()
            : throw ErrorCode.UnreadableFile.With($"{name} is no image of EPU: its root is '{values.Root}', not 'MicroscopeImage'.")
                .ToException();
    }
}

namespace Hutch.Formats.Microscopy;

/// <summary>The .mdoc of SerialEM or Tomography 5: the numbers of the images of one file.</summary>
public sealed record Mdoc
{
    /// <summary>True if its images are pieces of a map, not exposures.</summary>
    public required bool IsMap { get; init; }

    /// <summary>The image file that it describes.</summary>
    public string? ImageFile { get; init; }

    /// <summary>The angle of the tilt axis in the image, in degrees from the vertical, as a title states it.</summary>
    public double? TiltAxis { get; init; }

    /// <summary>True if its sections are the images of a stack: those of a tilt series.</summary>
    public required bool IsStack { get; init; }

    public required IReadOnlyList<MdocExposure> Exposures { get; init; }

    /// <summary>The tilts during one movie, if its file lists them: such a movie has no tilt of its own.</summary>
    public int TiltsInMovie { get; init; }

    /// <exception cref="HutchException">It is no .mdoc.</exception>
    public static Mdoc Read(string name, ReadOnlyMemory<byte> bytes)
    {
        Autodoc document = Autodoc.Read(name, bytes);
        AutodocSection[] movies = [.. document.Sections.Where(static section => section.Kind == "FrameSet")];
        AutodocSection[] sections = [.. document.Sections.Where(static section => section.Kind is "ZValue" or "Image")];
        AutodocSection[] images = movies.Length > 0 ? movies : sections;
        int tilts = movies.Length == 1 ? sections.Length : 0;
        bool hasNumbers = images.Select(static image => Quantities.Whole(image.Name)).Distinct().Count() == images.Length;
        return images.Length > 0
            ? new Mdoc
            {
                IsMap = document.Globals["Montage"] == "1"
                    || document.Sections.Any(static section => section.Kind == "MontSection" || section["PieceCoordinates"] is not null),
                ImageFile = document.Globals["ImageFile"],
                TiltAxis = document.Titles.Select(Axis).FirstOrDefault(static angle => angle is not null),
                IsStack = images.Any(static image => image.Kind == "ZValue" && image["TiltAngle"] is not null),
                Exposures = [.. images.Select((image, index) => Exposure(document.Globals, image, hasNumbers ? null : index, tilts > 1))],
                TiltsInMovie = tilts,
            }
            : throw ErrorCode.UnreadableFile.With($"{name} is no .mdoc: it has no section ZValue, FrameSet or Image.").ToException();
    }

    /// <summary>As SerialEM writes it, <c>Tilt axis angle = 84.3, binning = 1</c>, or Tomography, <c>TiltAxisAngle = -95.1</c>.</summary>
    private static double? Axis(string title)
    {
        foreach (string words in (string[])["Tilt axis angle", "TiltAxisAngle"])
        {
            int at = title.IndexOf(words, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && title.AsSpan(at + words.Length).TrimStart() is ['=', .. var rest])
            {
                ReadOnlySpan<char> number = rest.TrimStart();
                int end = number.IndexOfAny(' ', ',', ']');
                return Quantities.Number((end < 0 ? number : number[..end]).ToString());
            }
        }

        return null;
    }

    private static MdocExposure Exposure(AutodocSection globals, AutodocSection image, int? index, bool hasTilts)
    {
        double[]? stage = Quantities.Numbers(image["StagePosition"], 2);
        double[]? size = Quantities.Numbers(image["UncroppedSize"] ?? globals["ImageSize"], 2);
        return new MdocExposure
        {
            Number = index ?? Quantities.Whole(image.Name) ?? 0,
            Tilt = hasTilts ? null : Quantities.Number(image["TiltAngle"]),
            PixelSize = Quantities.Positive(Quantities.Number(image["PixelSpacing"] ?? globals["PixelSpacing"])),
            Dose = Quantities.Positive(Quantities.Number(image["ExposureDose"])),
            TargetDefocus = Quantities.Number(image["TargetDefocus"]),
            Defocus = Quantities.Number(image["Defocus"]),
            Exposure = Quantities.Positive(Quantities.Number(image["ExposureTime"])),
            Frames = Quantities.Positive(Quantities.Whole(image["NumSubFrames"])),
            Voltage = Quantities.Positive(Quantities.Number(image["Voltage"] ?? globals["Voltage"])),
            Magnification = Quantities.Positive(Quantities.Number(image["Magnification"])),
            Stage = stage is null ? null : new StagePosition(stage[0], stage[1], Quantities.Number(image["StageZ"])),
            Acquired = Quantities.MdocTime(image["DateTime"]),
            Movie = image["SubFramePath"],
            NavigatorLabel = image["NavigatorLabel"],
            GainReference = image["GainReference"] ?? globals["GainReference"],
            HasGainSize = size is not null,
            HasGainOrientation = Quantities.Whole(image["RotationAndFlip"] ?? globals["RotationAndFlip"]) is not null,
        };
    }
}

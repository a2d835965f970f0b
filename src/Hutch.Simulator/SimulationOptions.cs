namespace Hutch.Simulator;

/// <summary>The options of a simulation. The same options give the same files, byte for byte.</summary>
public sealed record SimulationOptions
{
    private const double LysozymeA = 79.1;
    private const double LysozymeC = 37.9;
    private const double PixelsOf4M = 2162.0 * 2068.0;

    /// <summary>The simulated detector.</summary>
    public DetectorModel Detector { get; init; } = DetectorModel.All.First(static model => model.Name == "eiger2-4m");

    /// <summary>Images in the series.</summary>
    public int Images { get; init; } = 20;

    /// <summary>Images in a data file.</summary>
    public int ImagesPerFile { get; init; } = 1000;

    /// <summary>The references between images and files.</summary>
    public SeriesLayout Layout { get; init; } = SeriesLayout.Legacy;

    /// <summary>Bits of a pixel: 16 or 32.</summary>
    public int BitDepth { get; init; } = 16;

    /// <summary>The compression of the frames.</summary>
    public FrameCodec Codec { get; init; } = FrameCodec.BitshuffleLz4;

    /// <summary>Energy thresholds: more than one needs <see cref="SeriesLayout.Dectris2024"/>.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Degrees that the crystal turns from image to image.</summary>
    public double IncrementDegrees { get; init; } = 0.1;

    /// <summary>Wavelength in Å.</summary>
    public double WavelengthAngstrom { get; init; } = 0.9763;

    /// <summary>Metres to the detector; null chooses such that its edge is at <see cref="EdgeResolutionAngstrom"/>.</summary>
    public double? DistanceMetres { get; init; }

    /// <summary>Resolution at the nearer edge in Å, when the distance is chosen.</summary>
    public double EdgeResolutionAngstrom { get; init; } = 1.6;

    /// <summary>
    /// Edges of the tetragonal cell in Å: a = b, and c. Null takes lysozyme's, made smaller for detectors below 4M, so that spots are as
    /// far apart there.
    /// </summary>
    public (double A, double C)? Cell { get; init; }

    /// <summary>Photons of an average reflection at low resolution.</summary>
    public double ReflectionPhotons { get; init; } = 4000;

    /// <summary>Photons a pixel of background near the beam.</summary>
    public double BackgroundPhotons { get; init; } = 3;

    /// <summary>Standard deviation of a spot's profile in pixels.</summary>
    public double SpotSigmaPixels { get; init; } = 0.9;

    /// <summary>Standard deviation of the crystal's mosaic spread in degrees.</summary>
    public double MosaicityDegrees { get; init; } = 0.08;

    /// <summary>Dead (masked) pixels per million.</summary>
    public double DeadPixelsPerMillion { get; init; } = 20;

    /// <summary>Hot pixels in a million: not in the mask, as it happens with real detectors.</summary>
    public double HotPixelsPerMillion { get; init; } = 5;

    /// <summary>The unit cell: the given one, or lysozyme's, scaled.</summary>
    public (double A, double C) UsedCell => Cell ?? (LysozymeA * CellScale, LysozymeC * CellScale);

    private double CellScale => Math.Min(1, Math.Cbrt((double)Detector.Rows * Detector.Columns / PixelsOf4M));

    /// <summary>Returns the error of the options; null when they are valid.</summary>
    public HutchError? Validate() => this switch
    {
        { Images: < 1 or > 1_000_000 } => Invalid("a series has 1 to 1 000 000 images"),
        { ImagesPerFile: < 1 } => Invalid("a data file has at least one image"),
        { BitDepth: not (16 or 32) } => Invalid("pixels have 16 or 32 bits"),
        { Channels: < 1 or > 4 } => Invalid("there are 1 to 4 channels"),
        { Channels: > 1 } when Layout != SeriesLayout.Dectris2024 => Invalid("several channels need the layout of 2024.2"),
        { WavelengthAngstrom: not (> 0.1 and < 10) } => Invalid("the wavelength is between 0.1 and 10 Å"),
        _ when UsedCell.A is not (>= 5 and <= 500) || UsedCell.C is not (>= 5 and <= 500) =>
            Invalid("the edges of the cell are between 5 and 500 Å"),
        { IncrementDegrees: not (>= 0.001 and <= 10) } => Invalid("the crystal rotates by 0.001 to 10 degrees from image to image"),
        { MosaicityDegrees: not (>= 0.001 and <= 5) } => Invalid("the mosaic spread is 0.001 to 5 degrees"),
        { SpotSigmaPixels: not (>= 0.3 and <= 10) } => Invalid("spots have a sigma of 0.3 to 10 pixels"),
        { BackgroundPhotons: not (>= 0 and <= 1000) } => Invalid("the background is 0 to 1000 photons a pixel"),
        _ when DistanceMetres is <= 0 || EdgeResolutionAngstrom <= WavelengthAngstrom / 2 => Invalid("the detector is behind the sample"),
        _ => null,
    };

    private static HutchError Invalid(string rule) => ErrorCode.BadRequest.With($"Cannot simulate this: {rule}.");
}

/// <summary>The references between the images and files of a series.</summary>
public enum SeriesLayout
{
    /// <summary>EIGER: the master links <c>data_000001</c>, … to <c>X_data_000001.h5:/entry/data/data</c>.</summary>
    Legacy,

    /// <summary>EIGER with all images in the master.</summary>
    InMaster,

    /// <summary>DECTRIS since 2024.2: one virtual data set of images and channels.</summary>
    Dectris2024,

    /// <summary>Diamond: links to <c>X_000001.h5:/data</c>, and a virtual data set over all.</summary>
    Diamond,
}

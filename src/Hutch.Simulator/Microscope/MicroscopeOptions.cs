namespace Hutch.Simulator.Microscope;

/// <summary>The recordings of a simulated microscope. The same options give the same images, pixel for pixel.</summary>
public sealed record MicroscopeOptions
{
    // That of 4096 pixels of 0.83 Å, whatever the size: a smaller camera has larger pixels, and as many particles.
    private const double FieldOfViewAngstrom = 3400;

    /// <summary>Movies in the session.</summary>
    public int Movies { get; init; } = 20;

    /// <summary>Frames of a movie.</summary>
    public int Frames { get; init; } = 10;

    /// <summary>Pixels of a frame from left to right.</summary>
    public int Columns { get; init; } = 512;

    /// <summary>Pixels of a frame from bottom to top.</summary>
    public int Rows { get; init; } = 512;

    /// <summary>Movies a second.</summary>
    public double MoviesPerSecond { get; init; } = 1;

    /// <summary>Electrons that a pixel of bare ice counts in one frame, on average.</summary>
    public double ElectronsPerPixel { get; init; } = 1.2;

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The program whose folders the session has.</summary>
    public SessionLayout Layout { get; init; }

    /// <summary>True for a session with pieces that are wrong, late or renamed.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The side of a pixel at the sample in Å.</summary>
    public double PixelAngstrom => FieldOfViewAngstrom / Math.Max(Columns, Rows);

    /// <summary>Bytes of a movie's pixels.</summary>
    public long MovieBytes => (long)Columns * Rows * Frames * sizeof(short);

    /// <summary>Returns the error of the options; null when they are valid.</summary>
    public HutchError? Validate() => this switch
    {
        { Movies: < 1 or > 1_000_000 } => Invalid("a session has 1 to 1 000 000 movies"),
        { Frames: < 1 or > 2000 } => Invalid("a movie has 1 to 2000 frames"),
        _ when Columns is < 64 or > 4096 || Rows is < 64 or > 4096 => Invalid("a frame has 64 to 4096 pixels in each direction"),
        { MoviesPerSecond: not (>= 0.001 and <= 1000) } => Invalid("there are 0.001 to 1000 movies a second"),
        { IsBroken: true, Layout: SessionLayout.Plain } => Invalid("a broken session needs --layout epu or --layout serialem"),
        { ElectronsPerPixel: not (>= 0.01 and <= 100) } => Invalid("a pixel counts 0.01 to 100 electrons in a frame"),
        _ => null,
    };

    private static HutchError Invalid(string rule) => ErrorCode.BadRequest.With($"Cannot simulate this: {rule}.");
}

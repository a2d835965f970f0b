namespace Hutch.Formats.Microscopy;

/// <summary>The limits of the files that a session is read from.</summary>
public static class MicroscopeFiles
{
    /// <summary>The most bytes of one file. The square of a grid with 570 holes takes 2.3 MB.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>The most bytes of the XML of an image. They take 16 kB.</summary>
    public const int MaxImageBytes = 1 << 20;

    /// <summary>The most parts of one file: holes of a square, sections of an mdoc, items of a navigator.</summary>
    public const int MaxParts = 100_000;

    internal static HutchException TooMany(string name, string what) =>
        ErrorCode.UnreadableFile.With($"{name} has more than {MaxParts} {what}.").ToException();
}

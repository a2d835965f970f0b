namespace Hutch.Formats.Zarr;

/// <summary>How the numbers of an array become colours, where a file says it.</summary>
internal sealed record PixelColours
{
    /// <summary>Greys from black upwards; three or four bytes of a pixel are red, green, blue and opacity.</summary>
    public static PixelColours Usual { get; } = new();

    /// <summary>True if the lowest number is white.</summary>
    public bool IsInverted { get; init; }

    /// <summary>The colour of each number; null if the file has no palette.</summary>
    public IReadOnlyList<(byte Red, byte Green, byte Blue)>? Palette { get; init; }

    /// <summary>Why no picture is drawn; null if one is.</summary>
    public string? Problem { get; init; }
}

namespace Hutch.Formats.Zarr;

/// <summary>The colours of the numbers of an array, where a file says them.</summary>
internal sealed record PixelColours
{
    /// <summary>Greys from black upwards; three or four bytes of a pixel are red, green, blue and opacity.</summary>
    public static PixelColours Usual { get; } = new();

    /// <summary>True if the lowest number is white.</summary>
    public bool IsInverted { get; init; }

    /// <summary>The colour of each number; null if the file has no palette.</summary>
    public IReadOnlyList<(byte Red, byte Green, byte Blue)>? Palette { get; init; }

    /// <summary>The reason why no picture is drawn; null if one is.</summary>
    public string? Problem { get; init; }
}

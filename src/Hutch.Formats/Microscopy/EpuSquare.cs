namespace Hutch.Formats.Microscopy;

/// <summary>A grid square with its holes, as <c>Metadata/GridSquare_*.dm</c> states it (root <c>GridSquareXml</c>).</summary>
public sealed record EpuSquare
{
    public required long Id { get; init; }

    /// <summary>The node of the atlas at which it is.</summary>
    public long? AtlasNode { get; init; }

    /// <summary>Of its middle.</summary>
    public StagePosition? Stage { get; init; }

    /// <summary>The name of its newest picture, without a folder and an extension.</summary>
    public string? Picture { get; init; }

    public string? State { get; init; }

    public required IReadOnlyList<EpuHole> Holes { get; init; }

    /// <exception cref="HutchException">It is no grid square of EPU.</exception>
    public static EpuSquare Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var values = new EpuSquareValues(name);
        XmlValues.Read(name, bytes, values);
        return values.Square()
            ?? throw ErrorCode.UnreadableFile.With($"{name} is no grid square of EPU: its root is not 'GridSquareXml', or it has no Id.")
                .ToException();
    }
}

/// <summary>A hole of a foil.</summary>
/// <param name="PixelX">Its middle in the picture of the square, in pixels from the left.</param>
/// <param name="PixelY">Its middle in the picture of the square, in pixels from the top.</param>
/// <param name="Picture">The name of its picture, without a folder and an extension.</param>
/// <param name="IsSelected">True if it was chosen for exposure: most of the holes that EPU finds are not.</param>
public sealed record EpuHole(
    long Id, StagePosition? Stage, double? PixelX, double? PixelY, string? Picture, string? State, bool IsSelected);

namespace Hutch.Formats.Microscopy;

/// <summary>The overview of a grid, as <c>Atlas.dm</c> or <c>ScreeningSession.dm</c> states it (root <c>AtlasSessionXml</c>).</summary>
public sealed record EpuAtlas
{
    public string? Name { get; init; }

    /// <summary>The name of its picture, without a folder and an extension.</summary>
    public string? Picture { get; init; }

    /// <summary>The pixels of its picture from left to right: the tiles that it is made of end there.</summary>
    public double? Width { get; init; }

    /// <summary>The pixels of its picture from top to bottom.</summary>
    public double? Height { get; init; }

    /// <summary>The squares of the grid by their number.</summary>
    public required IReadOnlyDictionary<long, AtlasNode> Nodes { get; init; }

    /// <exception cref="HutchException">It is no atlas.</exception>
    public static EpuAtlas Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var values = new EpuAtlasValues(name);
        XmlValues.Read(name, bytes, values);
        return values.Atlas()
            ?? throw ErrorCode.UnreadableFile.With($"{name} is no atlas: its root is not 'AtlasSessionXml'.").ToException();
    }
}

/// <summary>A square of the grid on the atlas.</summary>
/// <param name="X">Its middle in the picture of the atlas, in pixels from the left.</param>
/// <param name="Y">Its middle in the picture of the atlas, in pixels from the top.</param>
public sealed record AtlasNode(double X, double Y, StagePosition? Stage);

namespace Hutch.Formats.Hdf5;

/// <summary>The location of one frame: the store (−1: nowhere), and the image and channel number inside it.</summary>
internal readonly record struct FrameLocation(int Store, uint Image, uint Channel)
{
    public static FrameLocation Nowhere => new(-1, 0, 0);
}

internal sealed class FrameTable
{
    /// <summary>More frames than any detector writes in a series; a file that claims more is refused.</summary>
    public const int MaxFrames = 20_000_000;

    private readonly FrameLocation[] _cells;

    public FrameTable(int images, int channels)
    {
        Images = images;
        Channels = channels;
        _cells = new FrameLocation[checked(images * channels)];
        Array.Fill(_cells, FrameLocation.Nowhere);
    }

    /// <summary>The number that the file gives its first image; null when it says none.</summary>
    public int? First { get; init; }

    public int Images { get; }

    public int Channels { get; }

    public ref FrameLocation this[int image, int channel]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)image, (uint)Images);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)channel, (uint)Channels);
            return ref _cells[(image * Channels) + channel];
        }
    }
}

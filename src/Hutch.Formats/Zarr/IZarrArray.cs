using Hutch.Formats.Arrays;

namespace Hutch.Formats.Zarr;

internal interface IZarrArray
{
    ZarrLayout Layout { get; }

    /// <summary>True if the first row is the lowest one, for display; parts of such an array are bottom-up, too.</summary>
    bool IsBottomUp => false;

    /// <summary>The value that stands for no data, if the file names one.</summary>
    double? NoData => null;

    PixelColours Colours => PixelColours.Usual;

    /// <summary>Writes what else is known of it, as one object.</summary>
    void WriteAttributes(Utf8JsonWriter json);

    /// <summary>A chunk as the layout says; null for one that was never written, which has the fill value.</summary>
    byte[]? Read(IReadOnlyList<long> index, int maxBytes);

    /// <summary>The numbers of a part one after the other, in the order of a chunk.</summary>
    /// <param name="part">Which: inside the array, and no more than the caller has memory for.</param>
    /// <param name="maxBytes">The most bytes that a piece of the file may have that holds some of them.</param>
    byte[] Read(ArraySelection part, int maxBytes);
}

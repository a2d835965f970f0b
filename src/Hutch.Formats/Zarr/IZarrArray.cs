using System.Text.Json;

namespace Hutch.Formats.Zarr;

/// <summary>An array that is read by chunks.</summary>
internal interface IZarrArray
{
    /// <summary>What it is, and how it is cut.</summary>
    ZarrLayout Layout { get; }

    /// <summary>Writes what else is known of it, as one object.</summary>
    void WriteAttributes(Utf8JsonWriter json);

    /// <summary>A chunk as the layout says; null for one that was never written, which has the fill value.</summary>
    /// <param name="index">Which, along each axis: inside the array.</param>
    /// <param name="maxBytes">The most bytes that it may have.</param>
    byte[]? Read(IReadOnlyList<long> index, int maxBytes);
}

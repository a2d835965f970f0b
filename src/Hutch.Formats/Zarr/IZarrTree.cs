using System.Text.Json;

namespace Hutch.Formats.Zarr;

/// <summary>The groups and arrays of a file.</summary>
internal interface IZarrTree
{
    /// <summary>Finds the node at a path, which begins with a slash; null when Zarr has no node there.</summary>
    ZarrNode? Find(string path);

    /// <summary>The paths in a group, of those too that turn out to be nothing for Zarr.</summary>
    /// <returns>Each with whether it is looked into, if it is a group: it is so once, however many ways lead to it.</returns>
    IEnumerable<(string Path, bool IsLookedInto)> In(string path);
}

/// <summary>A group, or an array.</summary>
/// <param name="Array">The array; null for a group.</param>
/// <param name="WriteAttributes">Writes its other attributes, as one object.</param>
/// <param name="Owner">Disposed with the node.</param>
internal sealed record ZarrNode(IZarrArray? Array, Action<Utf8JsonWriter> WriteAttributes, IDisposable? Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner?.Dispose();
}

/// <summary>A file that is one array.</summary>
internal sealed class SingleArray(IZarrArray array) : IZarrTree
{
    /// <inheritdoc/>
    public ZarrNode? Find(string path) => path == "/" ? new ZarrNode(array, array.WriteAttributes, null) : null;

    /// <inheritdoc/>
    public IEnumerable<(string Path, bool IsLookedInto)> In(string path) => [];
}

namespace Hutch.Formats.Zarr;

internal interface IZarrTree
{
    /// <summary>Finds the node at a path, which begins with a slash; null when Zarr has no node there.</summary>
    ZarrNode? Find(string path);

    /// <summary>The paths in a group, of those too that turn out to be nothing for Zarr.</summary>
    /// <returns>Each with whether it is looked into, if it is a group: it is so once, however many ways lead to it.</returns>
    IEnumerable<(string Path, bool IsLookedInto)> In(string path);
}

/// <param name="Array">The array; null for a group.</param>
/// <param name="Owner">Disposed with the node.</param>
internal sealed record ZarrNode(IZarrArray? Array, Action<Utf8JsonWriter> WriteAttributes, IDisposable? Owner) : IDisposable
{
    public void Dispose() => Owner?.Dispose();
}

internal sealed class SingleArray(IZarrArray array) : IZarrTree
{
    public ZarrNode? Find(string path) => path == "/" ? new ZarrNode(array, array.WriteAttributes, null) : null;

    public IEnumerable<(string Path, bool IsLookedInto)> In(string path) => [];
}

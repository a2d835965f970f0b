namespace Hutch.Client;

/// <summary>A stream of lines about one fixed version of a dataset. Dispose it when done.</summary>
/// <typeparam name="T">What a line says.</typeparam>
public sealed class FixedListing<T> : IDisposable
{
    private readonly HttpResponseMessage _response;

    internal FixedListing(HttpResponseMessage response, long? snapshot, IAsyncEnumerable<T> lines)
    {
        _response = response;
        Snapshot = snapshot;
        Lines = lines;
    }

    /// <summary>Number of the snapshot it is about; null when the dataset has none because it is empty.</summary>
    public long? Snapshot { get; }

    /// <summary>The lines; enumerate them once. Throws when the stream was cut.</summary>
    public IAsyncEnumerable<T> Lines { get; }

    public void Dispose() => _response.Dispose();
}

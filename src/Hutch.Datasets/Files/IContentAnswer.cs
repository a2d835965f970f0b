using System.IO.Pipelines;

namespace Hutch.Datasets.Files;

/// <summary>An answer, which holds a reader until it is disposed.</summary>
public interface IContentAnswer : IAsyncDisposable
{
    int Bytes { get; }

    /// <summary>Writes it, flushing as it goes.</summary>
    Task CopyToAsync(PipeWriter writer, CancellationToken ct);
}

using Hutch.Model.Contents;

namespace Hutch.Datasets.Files;

/// <summary>Looks into files that hold more than bytes. The host gives it; a server without readers has none.</summary>
public interface IContentReader
{
    /// <summary>Answers a question about a file.</summary>
    /// <param name="open">Opens entries of the version in question, for a caller with that right.</param>
    Task<Result<IContentAnswer>> ReadAsync(DatasetId dataset, EntryOpener open, ContentRequest request, CancellationToken ct);
}

using Hutch.Model;
using Hutch.Model.Contents;

namespace Hutch.Datasets.Files;

/// <summary>Looks into files that hold more than bytes. The host gives it; a server without readers has none.</summary>
public interface IContentReader
{
    /// <summary>Asks a question about a file.</summary>
    /// <param name="dataset">The dataset that it is in.</param>
    /// <param name="open">Opens entries of the version in question, for a caller who may.</param>
    /// <param name="request">What is asked.</param>
    Task<Result<IContentAnswer>> ReadAsync(DatasetId dataset, EntryOpener open, ContentRequest request, CancellationToken ct);
}

using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

public interface IDoiTexts
{
    /// <summary>Returns the current content of a DOI; null for a reserved one without a publication.</summary>
    Task<DoiText?> WriteAsync(DoiRecord doi, CancellationToken ct);
}

/// <param name="Xml">The metadata in DataCite's schema.</param>
/// <param name="IsListed">True if indexes list it, unlike a withdrawn publication.</param>
public sealed record DoiText(string Url, byte[] Xml, bool IsListed);

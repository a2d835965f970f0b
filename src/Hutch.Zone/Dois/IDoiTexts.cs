using Hutch.Model.Publications;

namespace Hutch.Zone.Dois;

/// <summary>Writes what DOIs say.</summary>
public interface IDoiTexts
{
    /// <summary>What a DOI says now; null while nothing is published under it: it is only reserved.</summary>
    Task<DoiText?> WriteAsync(DoiRecord doi, CancellationToken ct);
}

/// <summary>What is to be said of a DOI to everybody.</summary>
/// <param name="Url">The page to which it leads.</param>
/// <param name="Xml">Its metadata by DataCite's schema.</param>
/// <param name="IsListed">Whether it is found in indexes; what was withdrawn is not.</param>
public sealed record DoiText(string Url, byte[] Xml, bool IsListed);

using System.Collections.Frozen;

namespace Hutch.Publishing.Identifiers;

/// <summary>Relations between works, by the vocabulary of DataCite's metadata schema 4.</summary>
public static class Relations
{
    private static readonly FrozenSet<string> All = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "IsCitedBy", "Cites", "IsSupplementTo", "IsSupplementedBy", "IsContinuedBy", "Continues", "Describes", "IsDescribedBy",
        "HasMetadata", "IsMetadataFor", "HasVersion", "IsVersionOf", "IsNewVersionOf", "IsPreviousVersionOf", "IsPartOf", "HasPart",
        "IsPublishedIn", "IsReferencedBy", "References", "IsDocumentedBy", "Documents", "IsCompiledBy", "Compiles", "IsVariantFormOf",
        "IsOriginalFormOf", "IsIdenticalTo", "IsReviewedBy", "Reviews", "IsDerivedFrom", "IsSourceOf", "IsRequiredBy", "Requires",
        "Obsoletes", "IsObsoletedBy", "IsCollectedBy", "Collects");

    /// <summary>The relation in the schema's spelling; null if it is unknown.</summary>
    public static string? Parse(string? text) => All.TryGetValue(text?.Trim() ?? "", out string? known) ? known : null;
}

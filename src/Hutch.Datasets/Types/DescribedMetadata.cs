using Hutch.Types.Catalog;
using Hutch.Types.Validation;

namespace Hutch.Datasets.Types;

/// <summary>The metadata of a dataset as its type reads them.</summary>
/// <param name="TypeName">The type that the dataset has.</param>
/// <param name="Type">The type by which it is read: the one at the top where <paramref name="TypeName"/> is not known here.</param>
/// <param name="Reading">The values, and what does not fit.</param>
public sealed record DescribedMetadata(string TypeName, DatasetType Type, MetadataReading Reading)
{
    /// <summary>True if the type of the dataset is known here.</summary>
    public bool IsKnown => Type.Name == TypeName;
}

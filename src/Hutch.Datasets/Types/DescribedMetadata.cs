using Hutch.Types.Validation;

namespace Hutch.Datasets.Types;

/// <param name="Type">The type by which it is read: the one at the top where <paramref name="TypeName"/> is not known here.</param>
/// <param name="Reading">The values, and what does not fit.</param>
public sealed record DescribedMetadata(string TypeName, DatasetType Type, MetadataReading Reading)
{
    public bool IsKnown => Type.Name == TypeName;
}

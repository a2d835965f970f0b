namespace Hutch.Model.Site;

/// <summary>A file that is being uploaded in parts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Dataset">Where it shall be put.</param>
/// <param name="Path">At which path.</param>
/// <param name="Attributes">What it shall be beside its bytes.</param>
/// <param name="Checksum">The checksum that was chosen, in the words of the door; null for none.</param>
/// <param name="Author">Who uploads.</param>
/// <param name="Started">When it began, milliseconds since 1970.</param>
public sealed record SiteUpload(
    Guid Id, DatasetId Dataset, DatasetPath Path, Entry Attributes, string? Checksum, string Author, long Started);

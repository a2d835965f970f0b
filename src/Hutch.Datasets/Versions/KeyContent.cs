using Hutch.Site.Write.Blobs;

namespace Hutch.Datasets.Versions;

/// <summary>The content of a key.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="IsEvicted">
/// Whether somebody may delete their only copy because of these: they are whole, not known to be damaged, stored here, and do not end by
/// themselves.
/// </param>
public sealed record KeyContent(BlobContent Content, bool IsEvicted);

namespace Hutch.Datasets.Versions;

/// <param name="IsRetained">
/// True if a client may delete its only copy because of these bytes: they are whole, not known to be damaged, stored here, and do not end
/// automatically.
/// </param>
public sealed record KeyContent(BlobContent Content, bool IsRetained);

namespace Hutch.Datasets.Versions;

/// <param name="IsRetained">
/// True if a client may delete its only copy because of these bytes: they are whole, not known to be damaged, stored here, and do not end
/// automatically.
/// </param>
/// <param name="IsPending">
/// True for a file of an adopted store that was not hashed yet: its bytes must be compared with the key while they are read.
/// </param>
public sealed record KeyContent(BlobContent Content, bool IsRetained, bool IsPending = false);

namespace Hutch.Datasets.Repositories;

/// <param name="By">The sender, where it is known.</param>
/// <param name="Bytes">Its size: for a push, what it has sent, large files with their announced size.</param>
/// <param name="Since">The time of its begin or arrival, milliseconds since 1970; 0 where that was not noted.</param>
/// <param name="Ends">The time when it ends automatically, milliseconds since 1970; null for never.</param>
public sealed record UnreferencedUpload(string Id, UnreferencedUploadKind Kind, string? By, long Bytes, long Since, long? Ends);

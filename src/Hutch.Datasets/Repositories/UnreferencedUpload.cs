namespace Hutch.Datasets.Repositories;

/// <summary>Something that was sent to a dataset and that no version of it names.</summary>
/// <param name="Id">The id of the push, or the name of the key.</param>
/// <param name="Kind">What it is.</param>
/// <param name="By">Who sends it, where that is known.</param>
/// <param name="Bytes">Its size: of a push, what has come of its large files.</param>
/// <param name="Since">When it began or came, milliseconds since 1970; 0 where that was not noted.</param>
/// <param name="Ends">When it ends by itself, milliseconds since 1970; null for never.</param>
public sealed record UnreferencedUpload(string Id, UnreferencedUploadKind Kind, string? By, long Bytes, long Since, long? Ends);

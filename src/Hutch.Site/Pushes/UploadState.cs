using Hutch.Model;

namespace Hutch.Site.Pushes;

/// <summary>How far the upload of a large file has come.</summary>
/// <param name="Offset">Bytes that are durable.</param>
/// <param name="Hash">Its SHA-256, once it is complete.</param>
public sealed record UploadState(long Offset, BlobHash? Hash);

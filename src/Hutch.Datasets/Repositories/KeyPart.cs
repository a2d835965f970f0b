using System.IO.Pipelines;
using Hutch.Datasets.Versions;

namespace Hutch.Datasets.Repositories;

/// <summary>Some bytes of the content of a key.</summary>
/// <param name="Size">The bytes of all of its content.</param>
/// <param name="Offset">The offset of these bytes in the content.</param>
public sealed record KeyPart(RequestedKey Key, long Size, long Offset, PipeReader Body, KeyUploads.Check Check);

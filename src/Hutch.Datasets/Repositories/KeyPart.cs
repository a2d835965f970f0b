using System.IO.Pipelines;
using Hutch.Datasets.Versions;

namespace Hutch.Datasets.Repositories;

/// <summary>Some bytes of the content of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Size">The bytes of all of its content.</param>
/// <param name="Offset">Where these begin.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Check">What the whole content stands for.</param>
public sealed record KeyPart(RequestedKey Key, long Size, long Offset, PipeReader Body, KeyUploads.Check Check);

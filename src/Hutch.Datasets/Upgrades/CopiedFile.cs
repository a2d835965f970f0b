namespace Hutch.Datasets.Upgrades;

/// <param name="Path">Its path in the data folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash, 64 hexadecimal digits.</param>
public sealed record CopiedFile(string Path, long Bytes, string Sha256);

namespace Hutch.Datasets.Backups;

/// <param name="Kind">What it is.</param>
/// <param name="Path">Where it is in the backup folder.</param>
/// <param name="Target">Where it was, and will be, in the data folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The SHA-256 of its bytes, 64 hexadecimal digits.</param>
public sealed record BackupFile(BackupFileKind Kind, string Path, string Target, long Bytes, string Sha256);

namespace Hutch.Client.Deposits;

/// <summary>A file of a deposit: a file of the dataset, or a folder of it as one TAR.</summary>
/// <param name="Key">The name in the repository.</param>
/// <param name="Path">The path in the dataset.</param>
/// <param name="Bytes">The size; for a folder, that of its files.</param>
public sealed record DepositFile(string Key, string Path, long Bytes, bool IsFolder);

/// <summary>The limits of one record of a repository.</summary>
/// <param name="Files">The most files; Zenodo's limit is 100.</param>
/// <param name="Bytes">The most bytes; Zenodo's limit is 50 GB.</param>
public sealed record DepositLimits(int Files = 100, long Bytes = 50_000_000_000);

namespace Hutch.Client.Fetch;

/// <summary>What a clone brought.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Snapshot">Number of the snapshot; null for a dataset that has none.</param>
/// <param name="Entries">Entries in it.</param>
/// <param name="Bytes">Bytes of its files.</param>
/// <param name="Kept">Entries that an interrupted clone had brought already.</param>
public sealed record CloneOutcome(string Folder, long? Snapshot, long Entries, long Bytes, long Kept);

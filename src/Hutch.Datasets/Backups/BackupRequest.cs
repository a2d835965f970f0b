namespace Hutch.Datasets.Backups;

/// <summary>A backup that somebody wants.</summary>
/// <param name="Folder">Where to: an absolute path on the disk of the server, a new or empty folder or one with earlier backups.</param>
/// <param name="WithKeys">Whether keys and the configuration go with it.</param>
/// <param name="Keep">How many backups stay in the folder; null for all.</param>
public sealed record BackupRequest(string Folder, bool WithKeys = false, int? Keep = null);

namespace Hutch.Model.Site;

/// <summary>How much an owner may keep.</summary>
/// <param name="Owner">User or group.</param>
/// <param name="Bytes">Bytes of all files; null for any number.</param>
/// <param name="Entries">Files, links and empty directories; null for any number.</param>
public sealed record OwnerQuota(string Owner, long? Bytes, long? Entries);

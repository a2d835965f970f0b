namespace Hutch.Cluster.Bytes;

/// <summary>An object that nothing refers to any more: deleted when its time is over.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Since">Since when, in milliseconds since 1970.</param>
public readonly record struct CondemnedObject(string Name, long Since);

namespace Hutch.Agent.Blocks;

/// <param name="Value">Its value. If null, an existing key becomes <c>null</c>, and a missing one is not added.</param>
public readonly record struct BlockValue(string Key, string? Value);

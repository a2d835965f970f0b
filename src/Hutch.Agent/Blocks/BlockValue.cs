namespace Hutch.Agent.Blocks;

/// <summary>The wanted value of a key of the agent's block.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">Its value. If null, an existing key becomes <c>null</c>, and a missing one is not added.</param>
public readonly record struct BlockValue(string Key, string? Value);

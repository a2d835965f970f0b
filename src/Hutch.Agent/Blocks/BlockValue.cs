namespace Hutch.Agent.Blocks;

/// <summary>What a key of the agent's block should be.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">Its value; null for none: a key that is there becomes <c>null</c>, one that is not is not made.</param>
public readonly record struct BlockValue(string Key, string? Value);

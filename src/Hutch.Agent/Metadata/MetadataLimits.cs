namespace Hutch.Agent.Metadata;

/// <summary>How large a metadata file may be.</summary>
/// <param name="MaxBytes">Bytes of the file.</param>
/// <param name="MaxDepth">Mappings and lists inside each other.</param>
/// <param name="MaxNodes">Values, counting again what an alias repeats: a few lines of aliases can stand for billions of values.</param>
public sealed record MetadataLimits(int MaxBytes = 1 << 20, int MaxDepth = 64, int MaxNodes = 100_000);

namespace Hutch.Types.Yaml;

/// <summary>How large a YAML document may be that nobody vouches for.</summary>
/// <param name="MaxBytes">Bytes of the file.</param>
/// <param name="MaxDepth">Mappings and lists inside each other.</param>
/// <param name="MaxNodes">Values, counting again what an alias repeats: a few lines of aliases can stand for billions of values.</param>
public sealed record YamlLimits(int MaxBytes = 1 << 20, int MaxDepth = 64, int MaxNodes = 100_000)
{
    /// <summary>For documents that people write for Hutch: types, mappings.</summary>
    public static YamlLimits Written { get; } = new(MaxBytes: 256 << 10, MaxDepth: 32, MaxNodes: 20_000);
}

using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Hutch.Types.Yaml;

/// <summary>
/// Lets the events of a YAML parser through until there are too many, or they are too deep. Aliases are refused: a few lines of them stand
/// for gigabytes (a "YAML bomb"), and no document that Hutch reads needs them.
/// </summary>
internal sealed class BoundedParser(IParser inner) : IParser
{
    private int _depth;
    private int _nodes;

    /// <inheritdoc/>
    public ParsingEvent? Current => inner.Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!inner.MoveNext())
        {
            return false;
        }

        ParsingEvent current = inner.Current!;
        if (current is AnchorAlias)
        {
            throw new YamlException(current.Start, current.End, "aliases (*name) are not allowed here: write the value out.");
        }

        _depth += current.NestingIncrease;
        if (_depth > BoundedYaml.MaxDepth)
        {
            throw new YamlException(current.Start, current.End, $"sections are nested deeper than {BoundedYaml.MaxDepth} levels.");
        }

        if (current is NodeEvent && ++_nodes > BoundedYaml.MaxNodes)
        {
            throw new YamlException(current.Start, current.End, $"there are more than {BoundedYaml.MaxNodes} keys and values.");
        }

        return true;
    }
}

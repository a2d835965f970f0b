namespace Hutch.Agent.Metadata;

/// <summary>A value of a metadata file, and where it stands.</summary>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public abstract record MetadataNode(long Line, long Column);

/// <summary>A single value.</summary>
/// <param name="Text">What is written, without quotes.</param>
/// <param name="IsPlain">Whether it is without quotes, so that <c>true</c>, <c>12</c> and <c>null</c> are no texts.</param>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public sealed record MetadataScalar(string Text, bool IsPlain, long Line, long Column) : MetadataNode(Line, Column)
{
    /// <summary>Whether it says that there is no value.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
/// <param name="Items">Its values.</param>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public sealed record MetadataList(IReadOnlyList<MetadataNode> Items, long Line, long Column) : MetadataNode(Line, Column);

/// <summary>A mapping: keys, in the order of the file, each once.</summary>
/// <param name="Entries">Keys and their values.</param>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public sealed record MetadataMap(IReadOnlyList<KeyValuePair<string, MetadataNode>> Entries, long Line, long Column)
    : MetadataNode(Line, Column)
{
    /// <summary>The value of a key; null when it has none.</summary>
    public MetadataNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key).Value;

    /// <summary>The value at the end of a way such as <c>User.Email</c>; null when there is none.</summary>
    public MetadataNode? Find(string way)
    {
        ArgumentNullException.ThrowIfNull(way);
        MetadataNode? node = this;
        foreach (string key in way.Split('.'))
        {
            node = (node as MetadataMap)?[key];
        }

        return node;
    }
}

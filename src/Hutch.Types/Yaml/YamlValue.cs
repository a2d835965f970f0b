namespace Hutch.Types.Yaml;

/// <summary>A value of a YAML file, and where it stands.</summary>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public abstract record YamlValue(long Line, long Column);

/// <summary>A single value.</summary>
/// <param name="Text">What is written, without quotes.</param>
/// <param name="IsPlain">Whether it is without quotes, so that <c>true</c>, <c>12</c> and <c>null</c> are no texts.</param>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public sealed record YamlScalar(string Text, bool IsPlain, long Line, long Column) : YamlValue(Line, Column)
{
    /// <summary>Whether it says that there is no value.</summary>
    public bool IsNull => IsPlain && YamlWords.IsNull(Text);
}

/// <summary>A list.</summary>
/// <param name="Items">Its values.</param>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public sealed record YamlList(IReadOnlyList<YamlValue> Items, long Line, long Column) : YamlValue(Line, Column);

/// <summary>A mapping: keys, in the order of the file, each once.</summary>
/// <param name="Entries">Keys and their values.</param>
/// <param name="Line">Its line, counted from 1.</param>
/// <param name="Column">Its column, counted from 1.</param>
public sealed record YamlMap(IReadOnlyList<YamlPair> Entries, long Line, long Column)
    : YamlValue(Line, Column)
{
    /// <summary>The value of a key; null when it has none.</summary>
    public YamlValue? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key).Value;

    /// <summary>The value at the end of a way such as <c>User.Email</c>; null when there is none.</summary>
    public YamlValue? Find(string way)
    {
        ArgumentNullException.ThrowIfNull(way);
        YamlValue? node = this;
        foreach (string key in way.Split('.'))
        {
            node = (node as YamlMap)?[key];
        }

        return node;
    }
}

/// <summary>A key of a mapping and its value.</summary>
/// <param name="Name">The key, and where it stands.</param>
/// <param name="Value">Its value.</param>
public readonly record struct YamlPair(YamlScalar Name, YamlValue Value)
{
    /// <summary>The key.</summary>
    public string Key => Name.Text;
}

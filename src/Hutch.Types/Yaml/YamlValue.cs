namespace Hutch.Types.Yaml;

/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
public abstract record YamlValue(long Line, long Column);

/// <param name="Text">The text, without quotes.</param>
/// <param name="IsPlain">True if the text has no quotes, so that <c>true</c>, <c>12</c> and <c>null</c> are not texts.</param>
public sealed record YamlScalar(string Text, bool IsPlain, long Line, long Column) : YamlValue(Line, Column)
{
    public bool IsNull => IsPlain && YamlWords.IsNull(Text);
}

public sealed record YamlList(IReadOnlyList<YamlValue> Items, long Line, long Column) : YamlValue(Line, Column);

/// <summary>A mapping: unique keys in the order of the file.</summary>
public sealed record YamlMap(IReadOnlyList<YamlPair> Entries, long Line, long Column)
    : YamlValue(Line, Column)
{
    public YamlValue? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key).Value;

    /// <summary>Returns the value at the end of a path such as <c>User.Email</c>; null when there is none.</summary>
    public YamlValue? Find(string way)
    {
        YamlValue? node = this;
        foreach (string key in way.Split('.'))
        {
            node = (node as YamlMap)?[key];
        }

        return node;
    }
}

public readonly record struct YamlPair(YamlScalar Name, YamlValue Value)
{
    public string Key => Name.Text;
}

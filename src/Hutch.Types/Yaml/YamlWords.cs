namespace Hutch.Types.Yaml;

/// <summary>Words that YAML takes for something else than a text when they stand without quotes.</summary>
public static class YamlWords
{
    /// <summary>Whether a value without quotes says that there is none.</summary>
    public static bool IsNull(string plain) => plain is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Whether some reader, of YAML 1.1 or 1.2, takes a word for null or for true or false.</summary>
    public static bool IsReserved(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.ToUpperInvariant() is "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "NULL" or "Y" or "N";
    }
}

namespace Hutch.Types.Yaml;

/// <summary>Words that YAML interprets as something other than text when they have no quotes.</summary>
public static class YamlWords
{
    /// <summary>Returns true if a value without quotes represents null.</summary>
    public static bool IsNull(string plain) => plain is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Returns true if a reader of YAML 1.1 or 1.2 interprets a word as null or a Boolean.</summary>
    public static bool IsReserved(string word)
    {
        return word.ToUpperInvariant() is "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "NULL" or "Y" or "N";
    }
}

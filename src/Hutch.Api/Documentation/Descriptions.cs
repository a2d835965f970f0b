using System.Text.RegularExpressions;
using System.Xml;

namespace Hutch.Api.Documentation;

/// <summary>The descriptions of records and their fields: the first sentence of their documentation in the source.</summary>
internal sealed partial class Descriptions
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private Descriptions()
    {
    }

    public static Descriptions Load()
    {
        var loaded = new Descriptions();
        loaded.Add("descriptions/Hutch.Contracts.xml", ":Hutch.Contracts.");
        loaded.Add("descriptions/Hutch.Model.xml", ":Hutch.Model.Analyses.");
        return loaded;
    }

    public string? Find(Type type) => _texts.GetValueOrDefault("T:" + Name(type));

    public string? Find(Type type, string property) => _texts.GetValueOrDefault($"P:{Name(type)}.{property}");

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? "";

    private void Add(string file, string members)
    {
        using Stream stream = EmbeddedFiles.Open(file);
        using var reader = XmlReader.Create(stream);
        while (reader.ReadToFollowing("member"))
        {
            string name = reader.GetAttribute("name") ?? "";
            if (name.Contains(members, StringComparison.Ordinal) && reader.ReadToDescendant("summary"))
            {
                _texts[name] = Flatten(reader.ReadInnerXml());
            }
        }
    }

    // <c>x</c> becomes `x`, <see cref="T:A.B.C"/> becomes C.
    private static string Flatten(string xml)
    {
        string text = ReferencePattern().Replace(CodePattern().Replace(xml, "`$1`"), "$1");
        return WhiteSpacePattern().Replace(
            new StringBuilder(text).Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&").ToString(), " ").Trim();
    }

    [GeneratedRegex("<c>(.*?)</c>", RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    [GeneratedRegex("<(?:see|paramref)\\s[^>]*?=\"[^\"]*?([\\w]+)(?:\\([^\"]*\\))?\"\\s*/>")]
    private static partial Regex ReferencePattern();

    [GeneratedRegex("\\s+")]
    private static partial Regex WhiteSpacePattern();
}

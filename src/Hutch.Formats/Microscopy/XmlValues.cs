using System.Xml;

namespace Hutch.Formats.Microscopy;

/// <summary>
/// Reads the values of an XML file one after the other: nothing is kept but the names above the value. Namespaces are ignored, because the
/// versions of EPU differ in them. A document type or an external entity is refused.
/// </summary>
internal static class XmlValues
{
    /// <summary>The elements of .dm files are nested 20 deep.</summary>
    private const int MaxDepth = 64;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = MicroscopeFiles.MaxBytes,
    };

    /// <summary>Calls <paramref name="found"/> at each start, value and end, with the path of local names from the root.</summary>
    /// <exception cref="HutchException">It is no XML, or not one that Hutch reads.</exception>
    public static void Read(string name, ReadOnlyMemory<byte> bytes, IXmlValues found)
    {
        try
        {
            using var stream = new MemoryStream(bytes.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Settings);
            Read(reader, found);
        }
        catch (XmlException e)
        {
            throw ErrorCode.UnreadableFile.With($"{name} is no whole XML: {e.Message}").ToException();
        }
    }

    private static void Read(XmlReader reader, IXmlValues found)
    {
        var path = new List<string>();
        var text = new StringBuilder();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    path.Add(reader.LocalName);
                    if (path.Count > MaxDepth)
                    {
                        throw new XmlException($"Its elements are nested more than {MaxDepth} deep.");
                    }

                    text.Clear();
                    found.Begin(path, reader.GetAttribute("name"));
                    if (reader.IsEmptyElement)
                    {
                        found.End(path, "");
                        path.RemoveAt(path.Count - 1);
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    text.Append(reader.Value);
                    break;
                case XmlNodeType.EndElement:
                    found.End(path, text.ToString().Trim());
                    text.Clear();
                    path.RemoveAt(path.Count - 1);
                    break;
            }
        }
    }
}

/// <summary>Receives the elements of an XML file.</summary>
internal interface IXmlValues
{
    /// <param name="path">The local names from the root to the element; valid during the call.</param>
    /// <param name="name">The element's attribute <c>name</c>.</param>
    void Begin(List<string> path, string? name)
    {
    }

    /// <param name="text">The text since the last tag: the value of an element without children.</param>
    void End(List<string> path, string text);
}

internal static class XmlPaths
{
    public static bool EndsWith(this List<string> path, params ReadOnlySpan<string> names)
    {
        if (path.Count < names.Length)
        {
            return false;
        }

        for (int i = 0; i < names.Length; i++)
        {
            if (path[path.Count - names.Length + i] != names[i])
            {
                return false;
            }
        }

        return true;
    }
}

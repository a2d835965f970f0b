using System.Globalization;
using System.Xml;

namespace Hutch.S3.Xml;

/// <summary>Values as S3 writes them.</summary>
internal static class XmlWriterExtensions
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Element(this XmlWriter xml, string name, string? value)
    {
        xml.WriteStartElement(name);
        xml.WriteString(value);
        xml.WriteEndElement();
    }

    public static void Element(this XmlWriter xml, string name, long value) =>
        xml.Element(name, value.ToString(CultureInfo.InvariantCulture));

    public static void Element(this XmlWriter xml, string name, bool value) => xml.Element(name, value ? "true" : "false");

    public static void Element(this XmlWriter xml, string name, DateTimeOffset value) =>
        xml.Element(name, value.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));

    public static void Element(this XmlWriter xml, string name, Action content)
    {
        xml.WriteStartElement(name);
        content();
        xml.WriteEndElement();
    }

    /// <summary>The element, or nothing when there is no value.</summary>
    public static void Optional(this XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.Element(name, value);
        }
    }

    /// <summary>An account; people know it by its name.</summary>
    public static void Owner(this XmlWriter xml, string element, string name) => xml.Element(element, () =>
    {
        xml.Element("ID", name);
        xml.Element("DisplayName", name);
    });
}
